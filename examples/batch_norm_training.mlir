// Batch normalization as it is trained: the statistics of the batch normalize, and move the running statistics.
//   out          = gamma (x - mean) / sqrt(variance + eps) + beta
//   running_mean = momentum running_mean + (1 - momentum) mean
//   running_var  = momentum running_var  + (1 - momentum) variance
// The running statistics are state: they may be written over their arguments, and no gradient flows through them.
!batch    = tensor<?x64xf32>
!features = tensor<1x64xf32>
!scalar   = tensor<1x1xf32>

func.func @batch_norm(%x: !batch, %gamma: !features, %beta: !features, %running_mean: !features, %running_var: !features)
    -> (!batch, !features {norm.updates = 3 : i64}, !features {norm.updates = 4 : i64}) {
  %mu     = norm.mean %x over [0] : !batch
  %xmu    = norm.sub %x, %mu : !batch, !features
  %sq     = norm.square %xmu : !batch
  %var    = norm.mean %sq over [0] : !batch
  %eps    = norm.constant 1.0e-5 : !scalar
  %vareps = norm.add %var, %eps : !features, !scalar
  %ivar   = norm.rsqrt %vareps : !features
  %xhat   = norm.mul %xmu, %ivar : !batch, !features
  %gammax = norm.mul %gamma, %xhat : !features, !batch
  %out    = norm.add %gammax, %beta : !batch, !features

  %momentum = norm.constant 0.9 : !scalar
  %one      = norm.constant 1.0 : !scalar
  %rest     = norm.sub %one, %momentum : !scalar, !scalar
  %old_mean = norm.mul %momentum, %running_mean : !scalar, !features
  %mean     = norm.mul %rest, %mu : !scalar, !features
  %new_mean = norm.add %old_mean, %mean : !features, !features
  %old_var  = norm.mul %momentum, %running_var : !scalar, !features
  %variance = norm.mul %rest, %var : !scalar, !features
  %new_var  = norm.add %old_var, %variance : !features, !features
  return %out, %new_mean, %new_var : !batch, !features, !features
}
norm.gradient @batch_norm_grad of @batch_norm wrt [0, 1, 2]
