// One collective for each synchronization point, with the bytes that a device sends.
// RUN: normc %s --emit=kernels | FileCheck %s
// What is packed is packed again to the same.
// RUN: normc %s --emit=kernels | normc-opt --batch-collectives | FileCheck %s

!batch = tensor<?x64xf32>
!features = tensor<1x64xf32>

// Synchronized batch norm. Forward: the count, and 64 means and sums of squares; the sweep that needs them is a kernel of its own, and
// reads x once. Backward: two sums of 64, which dgamma and dbeta come from too.
// CHECK-LABEL: kernel.plan @sync_forward
// CHECK: kernel.sweep over [0] monoids [#kernel.monoid<moments>]
// CHECK: streamed = ["x: 256 * n0 read", "mu_here#0: 512 written", "mu_here#1: 512 written"]
// CHECK: kernel.collective "mu" monoids [#kernel.monoid<moments>] counts [array<i64: -1>] joins [0] expected [-1] {{.*}}{kernel.bytes = "1032"}
// CHECK-NOT: kernel.collective
// CHECK: kernel.kernel "y"
// CHECK: "x: 256 * n0 read", "y: 256 * n0 written"
// CHECK-LABEL: kernel.plan @sync_backward
// CHECK: kernel.collective {{.*}} monoids [#kernel.monoid<sum>, #kernel.monoid<sum>] {{.*}}{kernel.bytes = "1032"}
// CHECK-NOT: kernel.collective
// CHECK: kernel.kernel "dx"
// CHECK: kernel.kernel "dgamma"
// CHECK: kernel.kernel "dbeta"
func.func @batch_norm(%x: !batch {norm.shard = 0 : i64}, %gamma: !features, %beta: !features) -> !batch {
  %mu = norm.mean %x over [0] : !batch
  %xmu = norm.sub %x, %mu : !batch, !features
  %sq = norm.square %xmu : !batch
  %var = norm.mean %sq over [0] : !batch
  %eps = norm.constant 1.0e-5 : tensor<1x1xf32>
  %vareps = norm.add %var, %eps : !features, tensor<1x1xf32>
  %ivar = norm.rsqrt %vareps : !features
  %xhat = norm.mul %xmu, %ivar : !batch, !features
  %scaled = norm.mul %gamma, %xhat : !features, !batch
  %y = norm.add %scaled, %beta : !batch, !features
  return %y : !batch
}
norm.gradient @sync of @batch_norm wrt [0, 1, 2]

// Two independent layers, on batches of their own: still one each.
// CHECK-LABEL: kernel.plan @two_forward
// CHECK: kernel.collective "a_mu, b_mu" monoids [#kernel.monoid<moments>, #kernel.monoid<moments>] counts [array<i64: -1>, array<i64: -2>] joins [0, 1] expected [-1, 8] {{.*}}{kernel.bytes = "2064"}
// CHECK-NOT: kernel.collective
// CHECK-LABEL: kernel.plan @two_backward
// CHECK: kernel.collective
// CHECK-SAME: {kernel.bytes = "2064"}
// CHECK-NOT: kernel.collective
func.func @layers(%x: !batch {norm.shard = 0 : i64}, %z: tensor<8x64xf32> {norm.shard = 0 : i64}) -> (!batch, tensor<8x64xf32>) {
  %a = norm.batch_norm %x over [0] {eps = 1.0e-5} : !batch
  %b = norm.batch_norm %z over [0] {eps = 1.0e-5} : tensor<8x64xf32>
  return %a, %b : !batch, tensor<8x64xf32>
}
norm.gradient @two of @layers wrt [0, 1]

// Chains of layers meet at each of their steps, in whatever order they are written: a reduction does not join a kernel that waits for more.
// CHECK-LABEL: kernel.plan @chains(
// CHECK: kernel.collective "a1_mu, b1_mu"
// CHECK: kernel.collective "a_mu, b_mu" {{.*}} joins [] expected []
// CHECK-NOT: kernel.collective
func.func @chains(%x: !batch {norm.shard = 0 : i64}, %z: !batch {norm.shard = 0 : i64}) -> (!batch, !batch, !batch) {
  %a1 = norm.batch_norm %x over [0] {eps = 1.0e-5} : !batch
  %a2 = norm.relu %a1 : !batch
  %a = norm.batch_norm %a2 over [0] {eps = 1.0e-5} : !batch
  %b1 = norm.batch_norm %z over [0] {eps = 1.0e-5} : !batch
  %b2 = norm.relu %b1 : !batch
  %b = norm.batch_norm %b2 over [0] {eps = 1.0e-5} : !batch
  // One extent for both.
  %c = norm.add %a, %b : !batch, !batch
  return %a, %b, %c : !batch, !batch, !batch
}

// The maximum first, then the sum.
// CHECK-LABEL: kernel.plan @softmax(
// CHECK: kernel.collective "y_max" monoids [#kernel.monoid<max>] counts [array<i64>] joins [1] expected [-1] {{.*}}{kernel.bytes = "8 * n0 + 16"}
// CHECK: kernel.collective "y_sum" monoids [#kernel.monoid<sum>] counts [array<i64>] joins [] expected [] {{.*}}{kernel.bytes = "8 * n0"}
// CHECK-NOT: kernel.collective
func.func @softmax(%x: tensor<?x?xf32> {norm.shard = 1 : i64}) -> tensor<?x?xf32> {
  %y = norm.softmax %x over [1] : tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

// Positions alone need extents of others alone; counts that the graph states need nothing.
// CHECK-LABEL: kernel.plan @positions(
// CHECK: kernel.count [8]
// CHECK: kernel.collective "extents" monoids [] counts [] joins [0] expected [8] {kernel.bytes = "8"}
// CHECK: %[[HERE:.+]] = kernel.index 0
// CHECK: %[[START:.+]] = kernel.count [-3]
// CHECK: arith.addi %[[HERE]], %[[START]]
func.func @positions(%x: tensor<8xf32> {norm.shard = 0 : i64}) -> (tensor<8xi64>, tensor<1xi64>) {
  %i = norm.index 0 of %x : tensor<8xf32> to i64
  %n = norm.count %x over [0] : tensor<8xf32> to i64
  return %i, %n : tensor<8xi64>, tensor<1xi64>
}

// Where rows are split, layer norm crosses devices for the gradients of its parameters alone, and not where these stay shares.
// CHECK-LABEL: kernel.plan @rows_forward
// CHECK-NOT: kernel.collective
// CHECK-LABEL: kernel.plan @rows_backward
// CHECK: kernel.collective "dbeta" monoids [#kernel.monoid<sum>] {{.*}}{kernel.bytes = "520"}
// CHECK-NOT: kernel.collective
func.func @layer_norm(%x: !batch {norm.shard = 0 : i64}, %gamma: !features {norm.partial}, %beta: !features) -> !batch {
  %y = norm.layer_norm %x, %gamma, %beta over [1] {eps = 1.0e-5} : !batch, !features, !features
  return %y : !batch
}
norm.gradient @rows of @layer_norm wrt [0, 1, 2]

// State is written when nothing reads the old value any more, though its new value waits for no collective and a reader does.
// CHECK-LABEL: kernel.plan @state(
// CHECK: kernel.collective "sum"
// CHECK: kernel.kernel "y"
// CHECK: kernel.load %old
// CHECK: kernel.kernel "new"
func.func @state(%x: !batch {norm.shard = 0 : i64}, %old: !features) -> (!features {norm.updates = 1 : i64}, !features) {
  %two = norm.constant 2.0 : tensor<1x1xf32>
  %new = norm.mul %old, %two : !features, tensor<1x1xf32>
  %sum = norm.sum %x over [0] : !batch
  %y = norm.mul %sum, %old : !features, !features
  return %new, %y : !features, !features
}
