// Batch normalization of images, N x C x H x W: each channel by its mean and variance over N, H and W.
//   out = gamma (x - mean) / sqrt(variance + eps) + beta
!images   = tensor<?x3x?x?xf32>
!channels = tensor<1x3x1x1xf32>

func.func @batch_norm(%x: !images, %gamma: !channels, %beta: !channels) -> !images {
  %mu      = norm.mean %x over [0, 2, 3] : !images
  %xmu     = norm.sub %x, %mu : !images, !channels
  %sq      = norm.square %xmu : !images
  %var     = norm.mean %sq over [0, 2, 3] : !images
  %eps     = norm.constant 1.0e-5 : tensor<1x1x1x1xf32>
  %vareps  = norm.add %var, %eps : !channels, tensor<1x1x1x1xf32>
  %ivar    = norm.rsqrt %vareps : !channels
  %xhat    = norm.mul %xmu, %ivar : !images, !channels
  %gammax  = norm.mul %gamma, %xhat : !channels, !images
  %out     = norm.add %gammax, %beta : !images, !channels
  return %out : !images
}
norm.gradient @batch_norm_grad of @batch_norm wrt [0, 1, 2]
