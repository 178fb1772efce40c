// A result that is written over an argument: the backward recovers what it needs of it, and reads the argument no more.
// RUN: normc-opt %s --expand-layers --differentiate --closed-form --choose-saved --cse | FileCheck %s

// The slope tells y, beta and gamma the normalized value: xhat = (y - beta) / gamma, times gamma. Neither x nor its mean is kept.
func.func @leaky(%x: tensor<?x4xf32>, %gamma: tensor<1x4xf32>, %beta: tensor<1x4xf32>)
    -> (tensor<?x4xf32> {norm.inplace = 0 : i64}) {
  %y   = norm.batch_norm %x, %gamma, %beta over [0] {eps = 1.0e-5} : tensor<?x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>
  %out = norm.leaky_relu %y {slope = 0.25} : tensor<?x4xf32>
  return %out : tensor<?x4xf32>
}
norm.gradient @leaky_grad of @leaky wrt [0, 1, 2]
// CHECK-LABEL: func.func @leaky_grad_forward(
// CHECK-SAME: %arg1: tensor<1x4xf32> {norm.nonzero}, %arg2: tensor<1x4xf32>) -> (
// CHECK-SAME: tensor<?x4xf32> {norm.inplace = 0 : i64, norm.name = "out", norm.result = 0 : i64},
// CHECK-SAME: tensor<1x4xf32> {norm.bytes = "8 * 4 = 32", norm.name = "y_ivar", norm.saved = 0 : i64, norm.saved_type = f64})
// CHECK-SAME: norm.saved_bytes = "8 * 4 = 32"
// CHECK-LABEL: func.func @leaky_grad_backward(
// CHECK-SAME: %arg0: tensor<1x4xf32> {norm.argument = 1 : i64, norm.nonzero}, %arg1: tensor<1x4xf32> {norm.argument = 2 : i64},
// CHECK-SAME: %[[OUT:.+]]: tensor<?x4xf32> {norm.result = 0 : i64}, %[[IVAR:.+]]: tensor<1x4xf32> {norm.saved = 0 : i64, norm.saved_type = f64},
// CHECK-SAME: %[[DOUT:.+]]: tensor<?x4xf32> {norm.cotangent = 0 : i64})
// CHECK: norm.count %[[OUT]] over [0]
// CHECK: %[[ON:.+]] = norm.compare gt %[[OUT]],
// CHECK: %[[STEEP:.+]] = norm.select %[[ON]], %{{.+}}, %{{.+}}
// CHECK: %[[Y:.+]] = norm.mul %[[OUT]], %[[STEEP]]
// CHECK: %[[XHAT:.+]] = norm.sub %[[Y]], %arg1
// CHECK: %[[SLOPE:.+]] = norm.select %[[ON]], %{{.+}}, %{{.+}}
// CHECK: %[[A:.+]] = norm.mul %[[DOUT]], %[[XHAT]]
// CHECK: %[[B:.+]] = norm.mul %[[A]], %[[SLOPE]]
// CHECK: norm.sum %[[B]] over [0]
// CHECK: return

// The pieces are told apart by the result, also where they fall and meet elsewhere than at 0; what has been rounded to 0 before a
// logarithm counts as half of the last digit.
func.func @curve(%x: tensor<8x4xf32>) -> (tensor<8x4xf32> {norm.inplace = 0 : i64}) {
  %one  = norm.constant 1.0 : tensor<1x1xf32>
  %half = norm.constant 0.5 : tensor<1x1xf32>
  %s    = norm.sub %x, %one : tensor<8x4xf32>, tensor<1x1xf32>
  %low  = norm.compare lt %x, %one : tensor<8x4xf32>, tensor<1x1xf32>
  %d    = norm.select %low, %s, %half : tensor<8x4xi1>, tensor<8x4xf32>, tensor<1x1xf32>
  %e    = norm.exp %d : tensor<8x4xf32>
  %a    = norm.sub %half, %e : tensor<1x1xf32>, tensor<8x4xf32>
  %b    = norm.sub %half, %x : tensor<1x1xf32>, tensor<8x4xf32>
  %y    = norm.select %low, %a, %b : tensor<8x4xi1>, tensor<8x4xf32>, tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @curve_grad of @curve wrt [0]
// CHECK-LABEL: func.func @curve_grad_backward(
// CHECK-SAME: %[[Y:.+]]: tensor<8x4xf32> {norm.result = 0 : i64}, %{{.+}}: tensor<8x4xf32> {norm.cotangent = 0 : i64})
// CHECK: %[[FLOOR:.+]] = norm.constant 1.4901161e-8
// CHECK: %[[REST:.+]] = norm.max %{{.+}}, %[[FLOOR]]
// CHECK: norm.log %[[REST]]
// CHECK: %[[LIMIT:.+]] = norm.constant -0.5
// CHECK: norm.compare gt %[[Y]], %[[LIMIT]]
// CHECK: return

// What the backward does not need is not recovered, and there is no condition.
func.func @scaled(%x: tensor<8x4xf32>, %g: tensor<1x4xf32>) -> (tensor<8x4xf32> {norm.inplace = 0 : i64}) {
  %y = norm.mul %x, %g : tensor<8x4xf32>, tensor<1x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @scaled_grad of @scaled wrt [0]
// CHECK-LABEL: func.func @scaled_grad_forward(%arg0: tensor<8x4xf32>, %arg1: tensor<1x4xf32>) -> (tensor<8x4xf32> {norm.inplace
// CHECK-LABEL: func.func @scaled_grad_backward(%arg0: tensor<1x4xf32> {norm.argument = 1 : i64}, %arg1: tensor<8x4xf32> {norm.cotangent = 0 : i64})

// A divisor that is computed is saved, and checked by the backward.
func.func @computed(%x: tensor<8x4xf32>, %w: tensor<1x4xf32>) -> (tensor<8x4xf32> {norm.inplace = 0 : i64}) {
  %one = norm.constant 1.0 : tensor<1x1xf32>
  %g   = norm.add %w, %one : tensor<1x4xf32>, tensor<1x1xf32>
  %y   = norm.mul %x, %g : tensor<8x4xf32>, tensor<1x4xf32>
  return %y : tensor<8x4xf32>
}
norm.gradient @computed_grad of @computed wrt [0, 1]
// CHECK-LABEL: func.func @computed_grad_backward(
// CHECK-SAME: tensor<1x4xf32> {norm.nonzero, norm.saved = 0 : i64, norm.saved_type = f64}

// With "all" the argument is saved as any other value is.
norm.gradient @all of @scaled wrt [1] {save = "all"}
// CHECK-LABEL: func.func @all_backward(%arg0: tensor<8x4xf32> {norm.saved = 0 : i64, norm.saved_type = f32}, %arg1: tensor<8x4xf32> {norm.cotangent = 0 : i64})
