// Instance normalization of N x C x H x W: each channel of each image by its own mean and variance, over H and W.
//   out = gamma (x - mean) / sqrt(variance + eps) + beta
!images   = tensor<?x3x?x?xf32>
!channels = tensor<1x3x1x1xf32>

func.func @instance_norm(%x: !images, %gamma: !channels, %beta: !channels) -> !images {
  %out = norm.instance_norm %x, %gamma, %beta over [2, 3] {eps = 1.0e-5} : !images, !channels, !channels
  return %out : !images
}
norm.gradient @instance_norm_grad of @instance_norm wrt [0, 1, 2]
