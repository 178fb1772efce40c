// Root mean square normalization of N x D where each device has some of the D features of every row, as tensor-parallel layers leave them.
//   out = gamma x / sqrt(mean of x^2 + eps), the mean over D on all devices
// What crosses devices is one sum a row, forward and backward. The scale is split as the features are, and so is its gradient.
!rows     = tensor<?x64xf32>
!features = tensor<1x64xf32>
!each_row = tensor<?x1xf32>

func.func @rms_norm(%x: !rows {norm.shard = 1 : i64}, %gamma: !features {norm.shard = 1 : i64}) -> !rows {
  %sq    = norm.square %x : !rows
  %ms    = norm.mean %sq over [1] : !rows
  %eps   = norm.constant 1.0e-6 : tensor<1x1xf32>
  %mseps = norm.add %ms, %eps : !each_row, tensor<1x1xf32>
  %irms  = norm.rsqrt %mseps : !each_row
  %xhat  = norm.mul %x, %irms : !rows, !each_row
  %out   = norm.mul %gamma, %xhat : !features, !rows
  return %out : !rows
}
norm.gradient @rms_norm_grad of @rms_norm wrt [0, 1]
