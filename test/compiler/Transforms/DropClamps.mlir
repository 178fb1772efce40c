// Choices that a sign decides are removed before the chain rule.
// RUN: normc-opt %s --expand-layers --drop-clamps --split-input-file | FileCheck %s
// RUN: normc-opt %s --expand-layers --drop-clamps --differentiate --split-input-file | FileCheck %s --check-prefix=GRADIENT

// The gradient has no choice, so no kink where the variance is 0; what has no name takes that of the clamp.
// CHECK-LABEL: func.func @variance(
// CHECK-SAME: attributes {norm.dropped = ["var = max of a value and zero is the value itself"]}
// CHECK: %var = norm.sub
// CHECK-NOT: norm.max
// CHECK: norm.sqrt %var
// GRADIENT-LABEL: func.func @variance_grad(
// GRADIENT-NOT: norm.{{max|compare|select}}
// GRADIENT: return
func.func @variance(%x: tensor<8x4xf32>) -> tensor<1x4xf32> {
  %xx = norm.square %x : tensor<8x4xf32>
  %m2 = norm.mean %xx over [0] : tensor<8x4xf32>
  %mu = norm.mean %x over [0] : tensor<8x4xf32>
  %mm = norm.square %mu : tensor<1x4xf32>
  %0 = norm.sub %m2, %mm : tensor<1x4xf32>, tensor<1x4xf32>
  %zero = norm.constant 0.0 : tensor<1x1xf32>
  %var = norm.max %0, %zero : tensor<1x4xf32>, tensor<1x1xf32>
  %std = norm.sqrt %var : tensor<1x4xf32>
  return %std : tensor<1x4xf32>
}
norm.gradient @variance_grad of @variance wrt [0]

// -----

// A rectifier of a value of any sign is a choice, and so is what guards a logarithm.
// CHECK-LABEL: func.func @choices(
// CHECK: norm.select
// CHECK: norm.select
func.func @choices(%x: tensor<8x4xf32>) -> (tensor<8x4xf32>, tensor<8x4xf32>) {
  %y = norm.relu %x : tensor<8x4xf32>
  %q = norm.square %x : tensor<8x4xf32>
  %zero = norm.constant 0.0 : tensor<1x1xf32>
  %some = norm.compare gt %q, %zero : tensor<8x4xf32>, tensor<1x1xf32>
  %log = norm.log %q : tensor<8x4xf32>
  %z = norm.select %some, %log, %zero : tensor<8x4xi1>, tensor<8x4xf32>, tensor<1x1xf32>
  return %y, %z : tensor<8x4xf32>, tensor<8x4xf32>
}

// -----

// Integers have no algebra.
// CHECK-LABEL: func.func @integers(
// CHECK: norm.max
func.func @integers(%x: tensor<8x4xi32>) -> tensor<8x4xi32> {
  %zero = norm.constant 0 : tensor<1x1xi32>
  %y = norm.max %x, %zero : tensor<8x4xi32>, tensor<1x1xi32>
  return %y : tensor<8x4xi32>
}
