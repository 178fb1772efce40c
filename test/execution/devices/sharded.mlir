// Graphs whose arguments are split over devices. The sharded extent is 9, or `?` where 9 is meant: one --split fits all.

// Synchronized batch norm.
func.func @batch_norm(%x: tensor<?x5xf32> {norm.shard = 0 : i64}, %gamma: tensor<1x5xf32>, %beta: tensor<1x5xf32>) -> tensor<?x5xf32> {
  %y = norm.batch_norm %x, %gamma, %beta over [0] {eps = 1.0e-5} : tensor<?x5xf32>, tensor<1x5xf32>, tensor<1x5xf32>
  return %y : tensor<?x5xf32>
}
norm.gradient @batch_norm_grad of @batch_norm wrt [0, 1, 2]

// The same of images, with static extents, and gradients that the caller adds up.
func.func @batch_norm_2d(%x: tensor<9x5x4x6xf32> {norm.shard = 0 : i64}, %gamma: tensor<1x5x1x1xf32> {norm.partial},
                         %beta: tensor<1x5x1x1xf32> {norm.partial}) -> tensor<9x5x4x6xf32> {
  %y = norm.batch_norm %x, %gamma, %beta over [0, 2, 3] {eps = 1.0e-5} : tensor<9x5x4x6xf32>, tensor<1x5x1x1xf32>, tensor<1x5x1x1xf32>
  %z = norm.silu %y : tensor<9x5x4x6xf32>
  return %z : tensor<9x5x4x6xf32>
}
norm.gradient @batch_norm_2d_grad of @batch_norm_2d wrt [0, 1, 2]

// Layer norm over a sharded feature axis.
func.func @layer_norm(%x: tensor<?x9xf32> {norm.shard = 1 : i64}, %gamma: tensor<1x9xf32> {norm.shard = 1 : i64}, %beta: tensor<1x9xf32> {norm.shard = 1 : i64}) -> tensor<?x9xf32> {
  %y = norm.layer_norm %x, %gamma, %beta over [1] {eps = 1.0e-5} : tensor<?x9xf32>, tensor<1x9xf32>, tensor<1x9xf32>
  return %y : tensor<?x9xf32>
}
norm.gradient @layer_norm_grad of @layer_norm wrt [0, 1, 2]

// Layer norm of sharded rows: only the gradients of the parameters cross devices, and of these one stays a share.
func.func @layer_norm_rows(%x: tensor<9x48xf32> {norm.shard = 0 : i64}, %gamma: tensor<1x48xf32> {norm.partial}, %beta: tensor<1x48xf32>) -> tensor<9x48xf32> {
  %y = norm.layer_norm %x, %gamma, %beta over [1] {eps = 1.0e-5} : tensor<9x48xf32>, tensor<1x48xf32>, tensor<1x48xf32>
  return %y : tensor<9x48xf32>
}
norm.gradient @layer_norm_rows_grad of @layer_norm_rows wrt [0, 1, 2]

// Group norm and instance norm of images that are split by rows and by columns.
func.func @group_norm(%x: tensor<2x3x4x9x5xf32> {norm.shard = 3 : i64}, %gamma: tensor<1x3x4x1x1xf32>, %beta: tensor<1x3x4x1x1xf32>)
    -> tensor<2x3x4x9x5xf32> {
  %y = norm.group_norm %x, %gamma, %beta over [2, 3, 4] {eps = 1.0e-5} : tensor<2x3x4x9x5xf32>, tensor<1x3x4x1x1xf32>, tensor<1x3x4x1x1xf32>
  return %y : tensor<2x3x4x9x5xf32>
}
norm.gradient @group_norm_grad of @group_norm wrt [0, 1, 2]
func.func @instance_norm(%x: tensor<2x3x5x?xf32> {norm.shard = 3 : i64}) -> tensor<2x3x5x?xf32> {
  %y = norm.instance_norm %x over [2, 3] {eps = 1.0e-5} : tensor<2x3x5x?xf32>
  return %y : tensor<2x3x5x?xf32>
}
norm.gradient @instance_norm_grad of @instance_norm wrt [0]

// Two synchronization points: the maximum, then the sum.
func.func @softmax(%x: tensor<7x9xf32> {norm.shard = 1 : i64}) -> tensor<7x9xf32> {
  %y = norm.softmax %x over [1] : tensor<7x9xf32>
  return %y : tensor<7x9xf32>
}
norm.gradient @softmax_grad of @softmax wrt [0]

// Positions count from the joined start.
func.func @cross_entropy(%x: tensor<7x9xf32> {norm.shard = 1 : i64}, %label: tensor<7x1xi32>) -> tensor<1x1xf32> {
  %ls = norm.log_softmax %x over [1] : tensor<7x9xf32>
  %k = norm.index 1 of %x : tensor<7x9xf32> to i32
  %hit = norm.compare eq %k, %label : tensor<1x9xi32>, tensor<7x1xi32>
  %zero = norm.constant 0.0 : tensor<1x1xf32>
  %pick = norm.select %hit, %ls, %zero : tensor<7x9xi1>, tensor<7x9xf32>, tensor<1x1xf32>
  %sum = norm.sum %pick over [0, 1] : tensor<7x9xf32>
  %loss = norm.neg %sum : tensor<1x1xf32>
  return %loss : tensor<1x1xf32>
}
norm.gradient @cross_entropy_grad of @cross_entropy wrt [0]

// Independent layers, one after another in pairs.
func.func @chains(%x: tensor<?x6xf32> {norm.shard = 0 : i64}, %z: tensor<?x6xf32> {norm.shard = 0 : i64}) -> (tensor<?x6xf32>, tensor<?x6xf32>) {
  %a1 = norm.batch_norm %x over [0] {eps = 1.0e-5} : tensor<?x6xf32>
  %a2 = norm.silu %a1 : tensor<?x6xf32>
  %a = norm.batch_norm %a2 over [0] {eps = 1.0e-5} : tensor<?x6xf32>
  %b1 = norm.batch_norm %z over [0] {eps = 1.0e-5} : tensor<?x6xf32>
  %b2 = norm.silu %b1 : tensor<?x6xf32>
  %b = norm.batch_norm %b2 over [0] {eps = 1.0e-5} : tensor<?x6xf32>
  return %a, %b : tensor<?x6xf32>, tensor<?x6xf32>
}
norm.gradient @chains_grad of @chains wrt [0, 1]

// Every monoid as a result, whole and sharded results, counts and positions.
func.func @reductions(%x: tensor<4x?xf32> {norm.shard = 1 : i64}, %g: tensor<4x1xf32>)
    -> (tensor<4x1xf32>, tensor<4x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x?xf32>, tensor<1x1xi64>, tensor<1x?xi64>, tensor<4x1xf32>) {
  %max = norm.max_over %x over [1] : tensor<4x?xf32>
  %min = norm.min_over %x over [1] : tensor<4x?xf32>
  %mean = norm.mean %x over [0, 1] : tensor<4x?xf32>
  %sum = norm.sum %x over [0, 1] : tensor<4x?xf32>
  %columns = norm.sum %x over [0] : tensor<4x?xf32>
  %count = norm.count %x over [0, 1] : tensor<4x?xf32> to i64
  %index = norm.index 1 of %x : tensor<4x?xf32> to i64
  %still = norm.sum %g over [1] : tensor<4x1xf32>
  return %max, %min, %mean, %sum, %columns, %count, %index, %still
      : tensor<4x1xf32>, tensor<4x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x?xf32>, tensor<1x1xi64>, tensor<1x?xi64>, tensor<4x1xf32>
}
norm.gradient @reductions_grad of @reductions wrt [0, 1]

// A share of a gradient that follows from whole values, too, and one through a mean.
func.func @shares(%x: tensor<?x6xf32> {norm.shard = 0 : i64}, %p: tensor<1x6xf32> {norm.partial}, %q: tensor<1x6xf32> {norm.partial})
    -> (tensor<?x6xf32>, tensor<1x6xf32>, tensor<1x6xf32>) {
  %y = norm.mul %x, %p : tensor<?x6xf32>, tensor<1x6xf32>
  %square = norm.square %p : tensor<1x6xf32>
  %shifted = norm.mul %y, %q : tensor<?x6xf32>, tensor<1x6xf32>
  %mean = norm.mean %shifted over [0] : tensor<?x6xf32>
  return %y, %square, %mean : tensor<?x6xf32>, tensor<1x6xf32>, tensor<1x6xf32>
}
norm.gradient @shares_grad of @shares wrt [0, 1, 2]
