// Batch normalization in test mode: by running statistics, which are plain arguments, so every row is on its own.
//   out = gamma (x - running_mean) / sqrt(running_var + eps) + beta
!batch    = tensor<?x64xf32>
!features = tensor<1x64xf32>

func.func @batch_norm(%x: !batch, %gamma: !features, %beta: !features, %running_mean: !features, %running_var: !features)
    -> !batch {
  %xmu    = norm.sub %x, %running_mean : !batch, !features
  %eps    = norm.constant 1.0e-5 : tensor<1x1xf32>
  %vareps = norm.add %running_var, %eps : !features, tensor<1x1xf32>
  %ivar   = norm.rsqrt %vareps : !features
  %xhat   = norm.mul %xmu, %ivar : !batch, !features
  %gammax = norm.mul %gamma, %xhat : !features, !batch
  %out    = norm.add %gammax, %beta : !batch, !features
  return %out : !batch
}
norm.gradient @batch_norm_grad of @batch_norm wrt [0, 1, 2]
