// More graphs on shares: masks by position, weights, state that is split, a gradient of a gradient, one axis. Their sharded extent is 9.

func.func @bn(%x: tensor<9x5xf32> {norm.shard = 0 : i64}, %gamma: tensor<1x5xf32> {norm.partial}) -> tensor<9x5xf32> {
  %y = norm.batch_norm %x, %gamma over [0] {eps = 1.0e-3} : tensor<9x5xf32>, tensor<1x5xf32>
  return %y : tensor<9x5xf32>
}
norm.gradient @first of @bn wrt [0, 1]
norm.gradient @first_grad of @first wrt [0, 1, 2]
func.func @masked(%x: tensor<?x7xf32> {norm.shard = 0 : i64}, %len: tensor<1x7xi32>, %w: tensor<?x1xf32> {norm.shard = 0 : i64}) -> tensor<?x7xf32> {
  %i = norm.index 0 of %x : tensor<?x7xf32> to i32
  %on = norm.compare lt %i, %len : tensor<?x1xi32>, tensor<1x7xi32>
  %zero = norm.constant 0.0 : tensor<1x1xf32>
  %xm = norm.select %on, %x, %zero : tensor<?x7xi1>, tensor<?x7xf32>, tensor<1x1xf32>
  %xw = norm.mul %xm, %w : tensor<?x7xf32>, tensor<?x1xf32>
  %s = norm.sum %xw over [0] : tensor<?x7xf32>
  %m = norm.max_over %xm over [0] : tensor<?x7xf32>
  %d = norm.sub %x, %s : tensor<?x7xf32>, tensor<1x7xf32>
  %e = norm.mul %d, %m : tensor<?x7xf32>, tensor<1x7xf32>
  return %e : tensor<?x7xf32>
}
norm.gradient @masked_grad of @masked wrt [0, 2]
func.func @state(%x: tensor<?x4xf32> {norm.shard = 0 : i64}, %s: tensor<?x4xf32> {norm.shard = 0 : i64}, %t: tensor<1x4xf32>) -> (tensor<?x4xf32> {norm.updates = 1 : i64}, tensor<1x4xf32> {norm.updates = 2 : i64}, tensor<?x4xf32>) {
  %mu = norm.mean %x over [0] : tensor<?x4xf32>
  %d = norm.sub %x, %mu : tensor<?x4xf32>, tensor<1x4xf32>
  %n = norm.add %s, %d : tensor<?x4xf32>, tensor<?x4xf32>
  %tt = norm.add %t, %mu : tensor<1x4xf32>, tensor<1x4xf32>
  %y = norm.mul %d, %t : tensor<?x4xf32>, tensor<1x4xf32>
  return %n, %tt, %y : tensor<?x4xf32>, tensor<1x4xf32>, tensor<?x4xf32>
}
norm.gradient @state_grad of @state wrt [0, 2]
func.func @weighted(%x: tensor<?x4xf32> {norm.shard = 0 : i64}, %w: tensor<?x4xf32> {norm.shard = 0 : i64}) -> tensor<?x4xf32> {
  %w2 = norm.square %w : tensor<?x4xf32>
  %sw = norm.sum %w2 over [0] : tensor<?x4xf32>
  %wx = norm.mul %w2, %x : tensor<?x4xf32>, tensor<?x4xf32>
  %swx = norm.sum %wx over [0] : tensor<?x4xf32>
  %mu = norm.div %swx, %sw : tensor<1x4xf32>, tensor<1x4xf32>
  %d = norm.sub %x, %mu : tensor<?x4xf32>, tensor<1x4xf32>
  %d2 = norm.square %d : tensor<?x4xf32>
  %wd2 = norm.mul %w2, %d2 : tensor<?x4xf32>, tensor<?x4xf32>
  %v = norm.sum %wd2 over [0] : tensor<?x4xf32>
  %var = norm.div %v, %sw : tensor<1x4xf32>, tensor<1x4xf32>
  %eps = norm.constant 1.0e-3 : tensor<1x1xf32>
  %ve = norm.add %var, %eps : tensor<1x4xf32>, tensor<1x1xf32>
  %iv = norm.rsqrt %ve : tensor<1x4xf32>
  %y = norm.mul %d, %iv : tensor<?x4xf32>, tensor<1x4xf32>
  return %y : tensor<?x4xf32>
}
norm.gradient @weighted_grad of @weighted wrt [0, 1]
func.func @one_axis(%x: tensor<?xf32> {norm.shard = 0 : i64}, %p: tensor<1xf32>) -> (tensor<1xf32>, tensor<?xf32>) {
  %m = norm.mean %x over [0] : tensor<?xf32>
  %q = norm.pow %m, %p : tensor<1xf32>, tensor<1xf32>
  %y = norm.mul %x, %q : tensor<?xf32>, tensor<1xf32>
  return %q, %y : tensor<1xf32>, tensor<?xf32>
}
norm.gradient @one_axis_grad of @one_axis wrt [0, 1]
