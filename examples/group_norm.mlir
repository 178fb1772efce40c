// Group normalization of N x C x H x W: the C = 12 channels in G = 4 groups of 3, each group of each image by its own mean
// and variance. The graph has the groups as an axis, N x G x C/G x H x W; as all extents are known, arrays may be passed as
// N x C x H x W, and gamma and beta as C.
//   out = gamma (x - mean) / sqrt(variance + eps) + beta, mean and variance over C/G, H and W
!images   = tensor<2x4x3x8x8xf32>
!channels = tensor<1x4x3x1x1xf32>

func.func @group_norm(%x: !images, %gamma: !channels, %beta: !channels) -> !images {
  %out = norm.group_norm %x, %gamma, %beta over [2, 3, 4] {eps = 1.0e-5} : !images, !channels, !channels
  return %out : !images
}
norm.gradient @group_norm_grad of @group_norm wrt [0, 1, 2]
