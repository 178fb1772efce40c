// Synchronized batch normalization as in sync_batch_norm.mlir, written over its input: of its share of the batch a device has one array.
// The backward has out and not x, and recovers what it needs of it:
//   y = activation^-1(out);  xhat = (y - beta) / gamma
// so gamma must not be 0, which is checked when it is called. Forward and backward still take one collective each.
!batch    = tensor<?x64xf32>
!features = tensor<1x64xf32>
!scalar   = tensor<1x1xf32>

func.func @sync_batch_norm_in_place(%x: !batch {norm.shard = 0 : i64}, %gamma: !features, %beta: !features, %running_mean: !features,
    %running_var: !features) -> (!batch {norm.inplace = 0 : i64}, !features {norm.updates = 3 : i64},
    !features {norm.updates = 4 : i64}) {
  %mean   = norm.mean %x over [0] : !batch
  %var    = norm.variance %x over [0] : !batch
  %xmu    = norm.sub %x, %mean : !batch, !features
  %eps    = norm.constant 1.0e-5 : !scalar
  %vareps = norm.add %var, %eps : !features, !scalar
  %ivar   = norm.rsqrt %vareps : !features
  %xhat   = norm.mul %xmu, %ivar : !batch, !features
  %gammax = norm.mul %gamma, %xhat : !features, !batch
  %y      = norm.add %gammax, %beta : !batch, !features

  %momentum = norm.constant 0.9 : !scalar
  %rest     = norm.constant 0.1 : !scalar
  %old_mean = norm.mul %momentum, %running_mean : !scalar, !features
  %add_mean = norm.mul %rest, %mean : !scalar, !features
  %new_mean = norm.add %old_mean, %add_mean : !features, !features
  %old_var  = norm.mul %momentum, %running_var : !scalar, !features
  %add_var  = norm.mul %rest, %var : !scalar, !features
  %new_var  = norm.add %old_var, %add_var : !features, !features
  return %y, %new_mean, %new_var : !batch, !features, !features
}
norm.gradient @sync_batch_norm_in_place_grad of @sync_batch_norm_in_place wrt [0, 1, 2]

func.func @sync_batch_norm_leaky_relu_in_place(%x: !batch {norm.shard = 0 : i64}, %gamma: !features, %beta: !features, %running_mean: !features,
    %running_var: !features) -> (!batch {norm.inplace = 0 : i64}, !features {norm.updates = 3 : i64},
    !features {norm.updates = 4 : i64}) {
  %mean   = norm.mean %x over [0] : !batch
  %var    = norm.variance %x over [0] : !batch
  %xmu    = norm.sub %x, %mean : !batch, !features
  %eps    = norm.constant 1.0e-5 : !scalar
  %vareps = norm.add %var, %eps : !features, !scalar
  %ivar   = norm.rsqrt %vareps : !features
  %xhat   = norm.mul %xmu, %ivar : !batch, !features
  %gammax = norm.mul %gamma, %xhat : !features, !batch
  %y      = norm.add %gammax, %beta : !batch, !features
  %out    = norm.leaky_relu %y {slope = 0.01} : !batch

  %momentum = norm.constant 0.9 : !scalar
  %rest     = norm.constant 0.1 : !scalar
  %old_mean = norm.mul %momentum, %running_mean : !scalar, !features
  %add_mean = norm.mul %rest, %mean : !scalar, !features
  %new_mean = norm.add %old_mean, %add_mean : !features, !features
  %old_var  = norm.mul %momentum, %running_var : !scalar, !features
  %add_var  = norm.mul %rest, %var : !scalar, !features
  %new_var  = norm.add %old_var, %add_var : !features, !features
  return %out, %new_mean, %new_var : !batch, !features, !features
}
norm.gradient @sync_batch_norm_leaky_relu_in_place_grad of @sync_batch_norm_leaky_relu_in_place wrt [0, 1, 2]

func.func @sync_batch_norm_elu_in_place(%x: !batch {norm.shard = 0 : i64}, %gamma: !features, %beta: !features, %running_mean: !features,
    %running_var: !features) -> (!batch {norm.inplace = 0 : i64}, !features {norm.updates = 3 : i64},
    !features {norm.updates = 4 : i64}) {
  %mean   = norm.mean %x over [0] : !batch
  %var    = norm.variance %x over [0] : !batch
  %xmu    = norm.sub %x, %mean : !batch, !features
  %eps    = norm.constant 1.0e-5 : !scalar
  %vareps = norm.add %var, %eps : !features, !scalar
  %ivar   = norm.rsqrt %vareps : !features
  %xhat   = norm.mul %xmu, %ivar : !batch, !features
  %gammax = norm.mul %gamma, %xhat : !features, !batch
  %y      = norm.add %gammax, %beta : !batch, !features
  %out    = norm.elu %y {alpha = 1.0} : !batch

  %momentum = norm.constant 0.9 : !scalar
  %rest     = norm.constant 0.1 : !scalar
  %old_mean = norm.mul %momentum, %running_mean : !scalar, !features
  %add_mean = norm.mul %rest, %mean : !scalar, !features
  %new_mean = norm.add %old_mean, %add_mean : !features, !features
  %old_var  = norm.mul %momentum, %running_var : !scalar, !features
  %add_var  = norm.mul %rest, %var : !scalar, !features
  %new_var  = norm.add %old_var, %add_var : !features, !features
  return %out, %new_mean, %new_var : !batch, !features, !features
}
norm.gradient @sync_batch_norm_elu_in_place_grad of @sync_batch_norm_elu_in_place wrt [0, 1, 2]
