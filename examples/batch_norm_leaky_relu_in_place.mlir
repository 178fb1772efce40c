// Batch normalization as it is trained, and the leaky rectifier after it, written over its input: of the batch there is one
// array in memory. The backward has out and not x, and recovers what it needs of it:
//   y = out where out > 0, else out / slope;  xhat = (y - beta) / gamma
// so slope must be greater than 0, which is checked when this is compiled, and gamma must not be 0, which is checked when it
// is called.
!batch    = tensor<?x64xf32>
!features = tensor<1x64xf32>
!scalar   = tensor<1x1xf32>

func.func @batch_norm_leaky_relu(%x: !batch, %gamma: !features, %beta: !features, %running_mean: !features, %running_var: !features)
    -> (!batch {norm.inplace = 0 : i64}, !features {norm.updates = 3 : i64}, !features {norm.updates = 4 : i64}) {
  %y   = norm.batch_norm %x, %gamma, %beta over [0] {eps = 1.0e-5} : !batch, !features, !features
  %out = norm.leaky_relu %y {slope = 0.01} : !batch

  %mean     = norm.mean %x over [0] : !batch
  %variance = norm.variance %x over [0] : !batch
  %momentum = norm.constant 0.9 : !scalar
  %rest     = norm.constant 0.1 : !scalar
  %old_mean = norm.mul %momentum, %running_mean : !scalar, !features
  %now_mean = norm.mul %rest, %mean : !scalar, !features
  %new_mean = norm.add %old_mean, %now_mean : !features, !features
  %old_var  = norm.mul %momentum, %running_var : !scalar, !features
  %now_var  = norm.mul %rest, %variance : !scalar, !features
  %new_var  = norm.add %old_var, %now_var : !features, !features
  return %out, %new_mean, %new_var : !batch, !features, !features
}
norm.gradient @batch_norm_leaky_relu_grad of @batch_norm_leaky_relu wrt [0, 1, 2]
