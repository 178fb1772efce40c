// Batch normalization of N x D, in nine steps. N may be any number.
func.func @batch_norm(%x: tensor<?x64xf32>, %gamma: tensor<1x64xf32>, %beta: tensor<1x64xf32>) -> tensor<?x64xf32> {
  %mu      = norm.mean %x over [0] : tensor<?x64xf32>
  %xmu     = norm.sub %x, %mu : tensor<?x64xf32>, tensor<1x64xf32>
  %sq      = norm.square %xmu : tensor<?x64xf32>
  %var     = norm.mean %sq over [0] : tensor<?x64xf32>
  %eps     = norm.constant 1.0e-5 : tensor<1x1xf32>
  %vareps  = norm.add %var, %eps : tensor<1x64xf32>, tensor<1x1xf32>
  %ivar    = norm.rsqrt %vareps : tensor<1x64xf32>
  %xhat    = norm.mul %xmu, %ivar : tensor<?x64xf32>, tensor<1x64xf32>
  %gammax  = norm.mul %gamma, %xhat : tensor<1x64xf32>, tensor<?x64xf32>
  %out     = norm.add %gammax, %beta : tensor<?x64xf32>, tensor<1x64xf32>
  return %out : tensor<?x64xf32>
}
norm.gradient @batch_norm_grad of @batch_norm wrt [0, 1, 2]
