// Axes that are 0 or 1 long when the graph runs: an empty sum is 0, an empty mean NaN, an empty maximum minus infinity.

func.func @over0(%x: tensor<?x?xf32>)
    -> (tensor<1x?xf32>, tensor<1x?xf32>, tensor<1x?xf32>, tensor<1x?xf32>, tensor<1x1xf32>) {
  %sum   = norm.sum %x over [0] : tensor<?x?xf32>
  %mean  = norm.mean %x over [0] : tensor<?x?xf32>
  %most  = norm.max_over %x over [0] : tensor<?x?xf32>
  %least = norm.min_over %x over [0] : tensor<?x?xf32>
  %all   = norm.sum %x over [0, 1] : tensor<?x?xf32>
  return %sum, %mean, %most, %least, %all
    : tensor<1x?xf32>, tensor<1x?xf32>, tensor<1x?xf32>, tensor<1x?xf32>, tensor<1x1xf32>
}
norm.gradient @over0_grad of @over0 wrt [0]

// RUN: normc-run %s --function=over0 --input=0x3xf32=0 --output=@%t.sum.npy --output=@%t.mean.npy --output=@%t.most.npy \
// RUN:   --output=@%t.least.npy --output=@%t.all.npy
// RUN: %python %S/npy.py print %t.sum.npy | FileCheck %s --check-prefix=SUM
// RUN: %python %S/npy.py print %t.mean.npy | FileCheck %s --check-prefix=MEAN
// RUN: %python %S/npy.py print %t.most.npy | FileCheck %s --check-prefix=MOST
// RUN: %python %S/npy.py print %t.least.npy | FileCheck %s --check-prefix=LEAST
// RUN: %python %S/npy.py print %t.all.npy | FileCheck %s --check-prefix=ALL
// SUM: f32 1x3 0.0 0.0 0.0
// MEAN: f32 1x3 nan nan nan
// MOST: f32 1x3 -inf -inf -inf
// LEAST: f32 1x3 inf inf inf
// ALL: f32 1x1 0.0

func.func @softmax(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %y = norm.softmax %x over [1] : tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}
norm.gradient @softmax_grad of @softmax wrt [0]

func.func @outer(%a: tensor<?x1xf32>, %b: tensor<1x?xf32>) -> tensor<?x?xf32> {
  %y = norm.mul %a, %b : tensor<?x1xf32>, tensor<1x?xf32>
  return %y : tensor<?x?xf32>
}
norm.gradient @outer_grad of @outer wrt [0, 1]

// The reference says the same of every combination.
// RUN: %python %S/check_agreement.py %s %t --sizes 0=0 1=3 --types f32 f64
// RUN: %python %S/check_agreement.py %s %t --sizes 0=3 1=0
// RUN: %python %S/check_agreement.py %s %t --sizes 0=0 1=0
// RUN: %python %S/check_agreement.py %s %t --sizes 0=1 1=1 --absolute 1e-9
// RUN: %python %S/check_agreement.py %s %t --sizes 0=1 1=5 --absolute 1e-9
// RUN: %python %S/check_agreement.py %s %t --sizes 0=5 1=1 --types f32 f16

// Extents of 0 that the graph states: a sum of nothing is 0, also as a gradient, and a mean NaN.
func.func @none(%x: tensor<0x5xf32>, %g: tensor<1x5xf32>) -> (tensor<0x5xf32>, tensor<1x1xf32>, tensor<1x5xf32>) {
  %y = norm.batch_norm %x, %g over [0] {eps = 1.0e-5} : tensor<0x5xf32>, tensor<1x5xf32>
  %m = norm.mean %x over [0, 1] : tensor<0x5xf32>
  %v = norm.variance %x over [0] : tensor<0x5xf32>
  return %y, %m, %v : tensor<0x5xf32>, tensor<1x1xf32>, tensor<1x5xf32>
}
norm.gradient @none_grad of @none wrt [1]

// RUN: normc-run %s --function=none_grad --input=0x5xf32=1 --input=1x5xf32=1 --input=0x5xf32=1 --input=1x1xf32=1 --input=1x5xf32=1 \
// RUN:   --output=@%t.y.npy --output=@%t.m.npy --output=@%t.v.npy --output=@%t.dg.npy
// RUN: %python %S/npy.py print %t.m.npy | FileCheck %s --check-prefix=NONE-MEAN
// RUN: %python %S/npy.py print %t.v.npy | FileCheck %s --check-prefix=NONE-VARIANCE
// RUN: %python %S/npy.py print %t.dg.npy | FileCheck %s --check-prefix=NONE-GRADIENT
// NONE-MEAN: f32 1x1 nan
// NONE-VARIANCE: f32 1x5 nan nan nan nan nan
// NONE-GRADIENT: f32 1x5 0.0 0.0 0.0 0.0 0.0
