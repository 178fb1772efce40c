// Some of sharded.mlir, for groups that take long to start.

func.func @batch_norm_2d(%x: tensor<9x5x4x6xf32> {norm.shard = 0 : i64}, %gamma: tensor<1x5x1x1xf32> {norm.partial},
                         %beta: tensor<1x5x1x1xf32> {norm.partial}) -> tensor<9x5x4x6xf32> {
  %y = norm.batch_norm %x, %gamma, %beta over [0, 2, 3] {eps = 1.0e-5} : tensor<9x5x4x6xf32>, tensor<1x5x1x1xf32>, tensor<1x5x1x1xf32>
  %z = norm.silu %y : tensor<9x5x4x6xf32>
  return %z : tensor<9x5x4x6xf32>
}
norm.gradient @batch_norm_2d_grad of @batch_norm_2d wrt [0, 1, 2]

func.func @softmax(%x: tensor<7x9xf32> {norm.shard = 1 : i64}) -> tensor<7x9xf32> {
  %y = norm.softmax %x over [1] : tensor<7x9xf32>
  return %y : tensor<7x9xf32>
}
