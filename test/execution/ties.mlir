// Where a function has no derivative: those that tie share an adjoint equally, and relu's gradient at 0 is 0.

func.func @over(%x: tensor<3x4xf32>) -> (tensor<3x1xf32>, tensor<1x4xf32>) {
  %most  = norm.max_over %x over [1] : tensor<3x4xf32>
  %least = norm.min_over %x over [0] : tensor<3x4xf32>
  return %most, %least : tensor<3x1xf32>, tensor<1x4xf32>
}
norm.gradient @over_grad of @over wrt [0]

// The first row's largest is alone, the second has two, the third four. Of the columns only the first has a tie.
// RUN: %python %S/npy.py make %t.x.npy f32 3x4 --values 1,2,3,4,8,8,1,0,8,8,8,8
// RUN: %python %S/npy.py make %t.cotangent.npy f32 3 --values 12,12,12
// RUN: normc-run %s --function=over_grad --input=@%t.x.npy --input=@%t.cotangent.npy --input=1x4xf32=0 \
// RUN:   --output=@%t.most.npy --output=@%t.least.npy --output=@%t.dx.npy
// RUN: %python %S/npy.py print %t.most.npy | FileCheck %s --check-prefix=MOST
// RUN: %python %S/npy.py print %t.least.npy | FileCheck %s --check-prefix=LEAST
// RUN: %python %S/npy.py print %t.dx.npy | FileCheck %s --check-prefix=OVER
// MOST: f32 3x1 4.0 8.0 8.0
// LEAST: f32 1x4 1.0 2.0 1.0 0.0
// OVER: f32 3x4 0.0 0.0 0.0 12.0 6.0 6.0 0.0 0.0 3.0 3.0 3.0 3.0

func.func @pair(%a: tensor<1x3xf32>, %b: tensor<1x3xf32>) -> (tensor<1x3xf32>, tensor<1x3xf32>) {
  %most  = norm.max %a, %b : tensor<1x3xf32>, tensor<1x3xf32>
  %least = norm.min %a, %b : tensor<1x3xf32>, tensor<1x3xf32>
  return %most, %least : tensor<1x3xf32>, tensor<1x3xf32>
}
norm.gradient @pair_grad of @pair wrt [0, 1]

// RUN: %python %S/npy.py make %t.a.npy f32 1x3 --values 1,2,3
// RUN: normc-run %s --function=pair_grad --input=@%t.a.npy --input=1x3xf32=2 --input=1x3xf32=8 --input=1x3xf32=6 \
// RUN:   --output=@%t.most.npy --output=@%t.least.npy --output=@%t.da.npy --output=@%t.db.npy
// RUN: %python %S/npy.py print %t.da.npy | FileCheck %s --check-prefix=DA
// RUN: %python %S/npy.py print %t.db.npy | FileCheck %s --check-prefix=DB
// DA: f32 1x3 6.0 7.0 8.0
// DB: f32 1x3 8.0 7.0 6.0

func.func @kinks(%x: tensor<1x3xf32>) -> (tensor<1x3xf32>, tensor<1x3xf32>, tensor<1x3xf32>) {
  %a = norm.relu %x : tensor<1x3xf32>
  %b = norm.abs %x : tensor<1x3xf32>
  %c = norm.leaky_relu %x {slope = 0.25} : tensor<1x3xf32>
  return %a, %b, %c : tensor<1x3xf32>, tensor<1x3xf32>, tensor<1x3xf32>
}
norm.gradient @kinks_grad of @kinks wrt [0]

// At -1, 0 and 1: relu 0, 0, 1; abs -1, 0, 1; leaky_relu 1/4, 1/4, 1. The cotangents are 100, 10 and 4.
// RUN: %python %S/npy.py make %t.k.npy f32 1x3 --values=-1,0,1
// RUN: normc-run %s --function=kinks_grad --input=@%t.k.npy --input=1x3xf32=100 --input=1x3xf32=10 --input=1x3xf32=4 \
// RUN:   --output=@%t.0.npy --output=@%t.1.npy --output=@%t.2.npy --output=@%t.dk.npy
// RUN: %python %S/npy.py print %t.dk.npy | FileCheck %s --check-prefix=KINKS
// KINKS: f32 1x3 -9.0 1.0 114.0

// The reference says the same.
// RUN: %python %S/check_agreement.py %s %t --types f32 f64 f16 bf16 --no-differences
