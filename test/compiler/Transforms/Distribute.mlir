// What one device does, and what devices merge.
// RUN: normc-opt %s --distribute --cse | FileCheck %s

// Each device reduces its share; a mean and the sum of squared deviations from it merge together. Types state the share, and counts are of
// all devices.
// CHECK-LABEL: func.func @batch_norm(
// CHECK-SAME: %arg0: tensor<?x4xf32> {norm.joined = 8 : i64, norm.shard = 0 : i64}
// CHECK-SAME: -> (tensor<?x4xf32> {norm.joined = 8 : i64, norm.split = 0 : i64}) attributes {norm.distributed}
// CHECK: %mu_here = norm.mean %arg0 over [0] : tensor<?x4xf32>
// CHECK-NEXT: %mu = norm.merge mean %mu_here of %arg0 over [0] : tensor<1x4xf32>, tensor<?x4xf32>
// CHECK-NEXT: %squares_here = norm.squared_deviations %arg0 over [0] : tensor<?x4xf32>
// CHECK-NEXT: %squares = norm.merge moments %squares_here about %mu_here : tensor<1x4xf32> of %arg0 over [0] : tensor<1x4xf32>, tensor<?x4xf32>
// CHECK-NEXT: %n = norm.count %arg0 over [0] : tensor<?x4xf32> to f32
// CHECK-NEXT: %var = norm.div %squares, %n : tensor<1x4xf32>, tensor<1x1xf32>
// CHECK-NEXT: %xmu = norm.sub %arg0, %mu : tensor<?x4xf32>, tensor<1x4xf32>
func.func @batch_norm(%x: tensor<8x4xf32> {norm.shard = 0 : i64}) -> tensor<8x4xf32> {
  %mu = norm.mean %x over [0] : tensor<8x4xf32>
  %squares = norm.squared_deviations %x over [0] : tensor<8x4xf32>
  %n = norm.count %x over [0] : tensor<8x4xf32> to f32
  %var = norm.div %squares, %n : tensor<1x4xf32>, tensor<1x1xf32>
  %xmu = norm.sub %x, %mu : tensor<8x4xf32>, tensor<1x4xf32>
  %y = norm.div %xmu, %var : tensor<8x4xf32>, tensor<1x4xf32>
  return %y : tensor<8x4xf32>
}

// Every monoid. What is reduced along other axes stays split; what is not sharded, or does not vary along the axis, crosses nothing.
// CHECK-LABEL: func.func @monoids(
// CHECK: norm.merge sum %s_here of %arg0 over [1, 0]
// CHECK: norm.merge max %max_here of %arg0 over [0]
// CHECK: norm.merge min %min_here of %arg0 over [0]
// CHECK-NOT: norm.merge
// CHECK: %rows = norm.sum %arg0 over [1] : tensor<?x4xf32>
// CHECK-NEXT: %whole = norm.sum %arg1 over [0] : tensor<6x4xf32>
// CHECK-NEXT: %still = norm.sum %arg2 over [0] : tensor<1x4xf32>
// CHECK-NEXT: return
func.func @monoids(%x: tensor<?x4xf32> {norm.shard = 0 : i64}, %w: tensor<6x4xf32>, %g: tensor<1x4xf32>)
    -> (tensor<1x1xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<?x1xf32>, tensor<1x4xf32>, tensor<1x4xf32>) {
  %s = norm.sum %x over [1, 0] : tensor<?x4xf32>
  %max = norm.max_over %x over [0] : tensor<?x4xf32>
  %min = norm.min_over %x over [0] : tensor<?x4xf32>
  %rows = norm.sum %x over [1] : tensor<?x4xf32>
  %whole = norm.sum %w over [0] : tensor<6x4xf32>
  %still = norm.sum %g over [0] : tensor<1x4xf32>
  return %s, %max, %min, %rows, %whole, %still
      : tensor<1x1xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<?x1xf32>, tensor<1x4xf32>, tensor<1x4xf32>
}

// A gradient that is left as a share is made of partial sums, and nothing merges for its sake.
// CHECK-LABEL: func.func @share(
// CHECK: %[[PART:.+]] = norm.sum %arg0 over [0]
// CHECK-NOT: norm.merge
// CHECK: %[[SHARE:.+]] = norm.mul %arg1, %[[PART]]
// CHECK-NEXT: return %[[SHARE]]
func.func @share(%x: tensor<?x4xf32> {norm.shard = 0 : i64}, %ivar: tensor<1x4xf32>) -> (tensor<1x4xf32> {norm.gradient = 0 : i64, norm.share}) {
  %sum = norm.sum %x over [0] : tensor<?x4xf32>
  %d = norm.mul %ivar, %sum : tensor<1x4xf32>, tensor<1x4xf32>
  return %d : tensor<1x4xf32>
}

// What is whole on every device, and what does not follow linearly from sums, counts on the first device.
// CHECK-LABEL: func.func @first_has_it(
// CHECK: %sum = norm.merge sum
// CHECK: %root = norm.sqrt %sum
// CHECK: %[[RANK:.+]] = norm.rank of %root : tensor<1x4xf32>
// CHECK-NEXT: %[[FIRST:.+]] = norm.compare eq %[[RANK]]
// CHECK-NEXT: %[[SHARE:.+]] = norm.select %[[FIRST]], %root,
// CHECK-NEXT: return %[[SHARE]]
func.func @first_has_it(%x: tensor<?x4xf32> {norm.shard = 0 : i64}) -> (tensor<1x4xf32> {norm.gradient = 0 : i64, norm.share}) {
  %sum = norm.sum %x over [0] : tensor<?x4xf32>
  %root = norm.sqrt %sum : tensor<1x4xf32>
  return %root : tensor<1x4xf32>
}

// Nothing is sharded.
// CHECK-LABEL: func.func @whole(
// CHECK-NOT: norm.distributed
// CHECK: %y = norm.sum %arg0 over [0] : tensor<8x4xf32>
func.func @whole(%x: tensor<8x4xf32>) -> tensor<1x4xf32> {
  %y = norm.sum %x over [0] : tensor<8x4xf32>
  return %y : tensor<1x4xf32>
}
