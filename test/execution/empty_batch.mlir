// Batch norm of no rows and of one.

func.func @batch_norm(%x: tensor<?x4xf32>, %gamma: tensor<1x4xf32>, %beta: tensor<1x4xf32>) -> tensor<?x4xf32> {
  %y = norm.batch_norm %x, %gamma, %beta over [0] : tensor<?x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>
  return %y : tensor<?x4xf32>
}
norm.gradient @batch_norm_grad of @batch_norm wrt [0, 1, 2]

// No rows: nothing to write, and what is summed over the rows is 0, though the deviation by which it is divided is NaN.
// RUN: normc-run %s --function=batch_norm_grad --input=0x4xf32=0 --input=1x4xf32=1 --input=1x4xf32=0 --input=0x4xf32=0 \
// RUN:   --output=@%t.y.npy --output=@%t.dx.npy --output=@%t.dgamma.npy --output=@%t.dbeta.npy
// RUN: %python %S/npy.py print %t.y.npy | FileCheck %s --check-prefix=EMPTY
// RUN: %python %S/npy.py print %t.dx.npy | FileCheck %s --check-prefix=EMPTY
// RUN: %python %S/npy.py print %t.dgamma.npy | FileCheck %s --check-prefix=ZERO
// RUN: %python %S/npy.py print %t.dbeta.npy | FileCheck %s --check-prefix=ZERO
// EMPTY: f32 0x4{{$}}
// ZERO: f32 1x4 0.0 0.0 0.0 0.0

// One row is its own mean: y = beta, and nothing changes that. dx is a difference of terms gamma dy / sqrt(eps) = 3162; one
// rounding of those to f32 is 2e-4, and its own last bit, 2.4e-4.
// RUN: normc-run %s --function=batch_norm_grad --input=1x4xf32=7 --input=1x4xf32=2 --input=1x4xf32=3 --input=1x4xf32=5 \
// RUN:   --output=@%t.y.npy --output=@%t.dx.npy --output=@%t.dgamma.npy --output=@%t.dbeta.npy
// RUN: %python %S/npy.py print %t.y.npy | FileCheck %s --check-prefix=Y1
// RUN: %python %S/npy.py bound %t.dx.npy 5e-4
// RUN: %python %S/npy.py print %t.dgamma.npy | FileCheck %s --check-prefix=DGAMMA1
// RUN: %python %S/npy.py print %t.dbeta.npy | FileCheck %s --check-prefix=DBETA1
// Y1: f32 1x4 3.0 3.0 3.0 3.0
// DGAMMA1: f32 1x4 0.0 0.0 0.0 0.0
// DBETA1: f32 1x4 5.0 5.0 5.0 5.0
