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

// Of no rows the variance that is divided by n - 1 is NaN, as the mean is, though n leaves n variance / (n - 1); and so is what
// a running variance becomes. With one row it is 0 / 0 for another reason. A sum of nothing is 0, though x
// is taken apart into its mean and deviations.
func.func @unbiased(%x: tensor<?x4xf32>, %running: tensor<1x4xf32>)
    -> (tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>) {
  %v = norm.variance %x over [0] : tensor<?x4xf32>
  %n = norm.count %x over [0] : tensor<?x4xf32> to f32
  %one = norm.constant 1.0 : tensor<1x1xf32>
  %n1 = norm.sub %n, %one : tensor<1x1xf32>, tensor<1x1xf32>
  %vn = norm.mul %v, %n : tensor<1x4xf32>, tensor<1x1xf32>
  %unbiased = norm.div %vn, %n1 : tensor<1x4xf32>, tensor<1x1xf32>
  %new = norm.add %running, %unbiased : tensor<1x4xf32>, tensor<1x4xf32>
  %sum = norm.sum %x over [0] : tensor<?x4xf32>
  %share = norm.div %sum, %n : tensor<1x4xf32>, tensor<1x1xf32>
  %back = norm.mul %share, %n : tensor<1x4xf32>, tensor<1x1xf32>
  %total = norm.add %running, %sum : tensor<1x4xf32>, tensor<1x4xf32>
  return %unbiased, %new, %back, %total : tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>
}
norm.gradient @unbiased_grad of @unbiased wrt [0, 1]
// RUN: normc-run %s --function=unbiased --input=0x4xf32=0 --input=1x4xf32=1 --check
// RUN: normc-run %s --function=unbiased --input=1x4xf32=3 --input=1x4xf32=1 --check
// RUN: normc-run %s --function=unbiased --input=3x4xf32=3 --input=1x4xf32=1 --check
// RUN: normc-run %s --function=unbiased --input=0x4xf32=0 --input=1x4xf32=1 --output=@%t.v.npy --output=@%t.new.npy \
// RUN:   --output=@%t.back.npy --output=@%t.total.npy
// RUN: %python %S/npy.py print %t.new.npy | FileCheck %s --check-prefix=UNDEFINED
// RUN: %python %S/npy.py print %t.back.npy | FileCheck %s --check-prefix=UNDEFINED
// RUN: %python %S/npy.py print %t.total.npy | FileCheck %s --check-prefix=TOTAL
// UNDEFINED: f32 1x4 nan nan nan nan
// TOTAL: f32 1x4 1.0 1.0 1.0 1.0
