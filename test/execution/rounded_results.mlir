// A backward may read a result of the forward instead of computing it again, but the result was rounded when it was stored.
// What is compared must not be: a maximum that has been rounded is no element any more, and would have no gradient.

func.func @pooled(%x: tensor<3x4xf32>) -> tensor<3x1xf32> {
  %t = norm.tanh %x : tensor<3x4xf32>
  %y = norm.max_over %t over [1] : tensor<3x4xf32>
  return %y : tensor<3x1xf32>
}
norm.gradient @pooled_grad of @pooled wrt [0]

func.func @mask(%x: tensor<3x4xf32>, %gamma: tensor<1x4xf32>) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  %t = norm.layer_norm %x, %gamma over [1] : tensor<3x4xf32>, tensor<1x4xf32>
  %m = norm.min_over %t over [0] : tensor<3x4xf32>
  %a = norm.max %t, %m : tensor<3x4xf32>, tensor<1x4xf32>
  return %t, %a : tensor<3x4xf32>, tensor<3x4xf32>
}
norm.gradient @mask_grad of @mask wrt [0, 1]

func.func @all(%x: tensor<3x4xf32>) -> (tensor<3x1xf32>, tensor<3x1xf32>) {
  %t = norm.tanh %x : tensor<3x4xf32>
  %m = norm.max_over %t over [1] : tensor<3x4xf32>
  %y = norm.square %m : tensor<3x1xf32>
  return %y, %m : tensor<3x1xf32>, tensor<3x1xf32>
}
norm.gradient @all_grad of @all wrt [0] {save = "all"}

// What is compared may be computed from a result, by other ops between.
func.func @through(%x: tensor<3x4xf32>) -> (tensor<3x4xf32>, tensor<3x1xf32>) {
  %t = norm.tanh %x : tensor<3x4xf32>
  %n = norm.neg %t : tensor<3x4xf32>
  %m = norm.max_over %n over [1] : tensor<3x4xf32>
  %y = norm.square %m : tensor<3x1xf32>
  return %t, %y : tensor<3x4xf32>, tensor<3x1xf32>
}
norm.gradient @through_grad of @through wrt [0]

// RUN: %python %S/check_agreement.py %s %t --types f32 f64 f16 bf16
