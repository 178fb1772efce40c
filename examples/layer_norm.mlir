// Layer normalization of N x D: each row by its own mean and variance, then a scale and a shift for each feature.
//   out = gamma (x - mean) / sqrt(variance + eps) + beta, mean and variance over D
!rows     = tensor<?x64xf32>
!features = tensor<1x64xf32>
!each_row = tensor<?x1xf32>

func.func @layer_norm(%x: !rows, %gamma: !features, %beta: !features) -> !rows {
  %mu     = norm.mean %x over [1] : !rows
  %xmu    = norm.sub %x, %mu : !rows, !each_row
  %sq     = norm.square %xmu : !rows
  %var    = norm.mean %sq over [1] : !rows
  %eps    = norm.constant 1.0e-5 : tensor<1x1xf32>
  %vareps = norm.add %var, %eps : !each_row, tensor<1x1xf32>
  %ivar   = norm.rsqrt %vareps : !each_row
  %xhat   = norm.mul %xmu, %ivar : !rows, !each_row
  %gammax = norm.mul %gamma, %xhat : !features, !rows
  %out    = norm.add %gammax, %beta : !rows, !features
  return %out : !rows
}
norm.gradient @layer_norm_grad of @layer_norm wrt [0, 1, 2]
