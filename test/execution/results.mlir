// What a function may return: an argument, a constant, one value twice, a mask, a number; and arguments that nobody reads.

// RUN: %python %S/check_agreement.py %s %t --sizes 0=5 --types f32 f64 f16 bf16 --bits

!rows = tensor<?x4xf32>
!row  = tensor<1x4xf32>

func.func @argument(%x: !rows) -> !rows {
  return %x : !rows
}
norm.gradient @argument_grad of @argument wrt [0]

// RUN: normc-run %s --function=argument_grad --input=2x4xf32=5 --input=2x4xf32=3 --output=@%t.x.npy --output=@%t.dx.npy
// RUN: %python %S/npy.py print %t.x.npy | FileCheck %s --check-prefix=X
// RUN: %python %S/npy.py print %t.dx.npy | FileCheck %s --check-prefix=DX
// X: f32 2x4 5.0 5.0 5.0 5.0 5.0 5.0 5.0 5.0
// DX: f32 2x4 3.0 3.0 3.0 3.0 3.0 3.0 3.0 3.0

func.func @constant(%x: !rows) -> (tensor<1x1xf32>, tensor<1x1xi32>) {
  %c = norm.constant 2.5 : tensor<1x1xf32>
  %k = norm.constant -7 : tensor<1x1xi32>
  return %c, %k : tensor<1x1xf32>, tensor<1x1xi32>
}
norm.gradient @constant_grad of @constant wrt [0]

// A constant does not move: the gradient is 0. An integer takes no cotangent.
// RUN: normc-run %s --function=constant_grad --input=1x4xf32=5 --input=1x1xf32=3 --output=@%t.c.npy --output=@%t.k.npy \
// RUN:   --output=@%t.dx.npy
// RUN: %python %S/npy.py print %t.c.npy | FileCheck %s --check-prefix=C
// RUN: %python %S/npy.py print %t.k.npy | FileCheck %s --check-prefix=K
// RUN: %python %S/npy.py print %t.dx.npy | FileCheck %s --check-prefix=ZERO
// C: f32 1x1 2.5
// K: i32 1x1 -7
// ZERO: f32 1x4 0.0 0.0 0.0 0.0

func.func @twice(%x: !rows) -> (!rows, !rows) {
  %y = norm.neg %x : !rows
  return %y, %y : !rows, !rows
}
norm.gradient @twice_grad of @twice wrt [0]

// Both cotangents count: dx = -(2 + 3).
// RUN: normc-run %s --function=twice_grad --input=1x4xf32=5 --input=1x4xf32=2 --input=1x4xf32=3 --output=@%t.a.npy \
// RUN:   --output=@%t.b.npy --output=@%t.dx.npy
// RUN: %python %S/npy.py print %t.dx.npy | FileCheck %s --check-prefix=TWICE
// TWICE: f32 1x4 -5.0 -5.0 -5.0 -5.0

func.func @argument_twice(%x: !rows) -> (!rows, !rows) {
  return %x, %x : !rows, !rows
}
norm.gradient @argument_twice_grad of @argument_twice wrt [0]

func.func @unread(%x: !rows, %unread: !rows, %other: !row) -> !rows {
  %y = norm.neg %x : !rows
  return %y : !rows
}
norm.gradient @unread_grad of @unread wrt [2, 0, 1]

// Gradients come in the order of wrt, and those of what nobody reads are 0.
// RUN: normc-run %s --function=unread_grad --input=1x4xf32=5 --input=1x4xf32=2 --input=1x4xf32=3 --input=1x4xf32=6 \
// RUN:   --output=@%t.y.npy --output=@%t.dother.npy --output=@%t.dx.npy --output=@%t.dunread.npy
// RUN: %python %S/npy.py print %t.dother.npy | FileCheck %s --check-prefix=ZERO
// RUN: %python %S/npy.py print %t.dx.npy | FileCheck %s --check-prefix=UNREAD
// RUN: %python %S/npy.py print %t.dunread.npy | FileCheck %s --check-prefix=ZERO
// UNREAD: f32 1x4 -6.0 -6.0 -6.0 -6.0

func.func @mask_and_index(%x: !rows) -> (tensor<?x4xi1>, tensor<?x1xi64>, !rows) {
  %zero = norm.constant 0.0 : tensor<1x1xf32>
  %on   = norm.compare gt %x, %zero : !rows, tensor<1x1xf32>
  %i    = norm.index 0 of %x : !rows to i64
  %y    = norm.select %on, %x, %zero : tensor<?x4xi1>, !rows, tensor<1x1xf32>
  return %on, %i, %y : tensor<?x4xi1>, tensor<?x1xi64>, !rows
}
norm.gradient @mask_and_index_grad of @mask_and_index wrt [0]

func.func @masks_as_arguments(%on: tensor<?x4xi1>, %x: !rows, %label: tensor<?x1xi32>) -> (!rows, tensor<?x1xi32>) {
  %y = norm.select %on, %x, %x : tensor<?x4xi1>, !rows, !rows
  return %y, %label : !rows, tensor<?x1xi32>
}
norm.gradient @masks_as_arguments_grad of @masks_as_arguments wrt [1]
