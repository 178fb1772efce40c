// Root mean square normalization of N x D: each row by its root mean square; nothing is subtracted and nothing added.
//   out = gamma x / sqrt(mean of x^2 + eps), the mean over D
!rows     = tensor<?x64xf32>
!features = tensor<1x64xf32>
!each_row = tensor<?x1xf32>

func.func @rms_norm(%x: !rows, %gamma: !features) -> !rows {
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
