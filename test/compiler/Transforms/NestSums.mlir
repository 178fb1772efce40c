// Takes sums from sums over fewer axes that are computed anyway.
// RUN: normc-opt %s --nest-sums --cse | FileCheck %s

// As in the backward of instance norm: what does not vary within the groups is left outside. The order of the two means nothing.
// CHECK-LABEL: func.func @gradients(
// CHECK: %[[XDY:.+]] = norm.mul %arg1, %arg0 : tensor<4x8x?xf32>
// CHECK: %[[GROUP:.+]] = norm.sum %[[XDY]] over [2] : tensor<4x8x?xf32>
// CHECK: %[[DY:.+]] = norm.sum %arg1 over [2] : tensor<4x8x?xf32>
// CHECK: %beta = norm.sum %[[DY]] over [0] : tensor<4x8x1xf32>
// The extent may be 0, and the scale anything: an empty sum is 0 all the same.
// CHECK-DAG: %[[TERM:.+]] = norm.mul %arg2, %[[GROUP]] : tensor<4x8x1xf32>, tensor<4x8x1xf32>
// CHECK-DAG: %[[N:.+]] = norm.count %[[XDY]] over [2] : tensor<4x8x?xf32> to f32
// CHECK: %[[EMPTY:.+]] = norm.compare eq %[[N]], %[[ZERO:.+]] : tensor<1x1x1xf32>, tensor<1x1x1xf32>
// CHECK: %[[SAFE:.+]] = norm.select %[[EMPTY]], %[[ZERO]], %[[TERM]]
// CHECK: %gamma = norm.sum %[[SAFE]] over [0] : tensor<4x8x1xf32>
// CHECK: return %gamma, %{{.+}}, %beta
func.func @gradients(%x: tensor<4x8x?xf32>, %dy: tensor<4x8x?xf32>, %scale: tensor<4x8x1xf32>)
    -> (tensor<1x8x1xf32>, tensor<4x8x1xf32>, tensor<1x8x1xf32>) {
  %beta = norm.sum %dy over [0, 2] : tensor<4x8x?xf32>
  %product = norm.mul %dy, %x : tensor<4x8x?xf32>, tensor<4x8x?xf32>
  %group = norm.sum %product over [2] : tensor<4x8x?xf32>
  %rows = norm.sum %dy over [2] : tensor<4x8x?xf32>
  %groups = norm.add %group, %rows : tensor<4x8x1xf32>, tensor<4x8x1xf32>
  %scaled = norm.mul %scale, %dy : tensor<4x8x1xf32>, tensor<4x8x?xf32>
  %term = norm.mul %scaled, %x : tensor<4x8x?xf32>, tensor<4x8x?xf32>
  %gamma = norm.sum %term over [0, 2] : tensor<4x8x?xf32>
  return %gamma, %groups, %beta : tensor<1x8x1xf32>, tensor<4x8x1xf32>, tensor<1x8x1xf32>
}

// CHECK-LABEL: func.func @scaled(
// CHECK: %group = norm.sum %{{.+}} over [2] : tensor<4x8x16xf32>
// CHECK: %[[TERM:.+]] = norm.mul %arg2, %group : tensor<4x8x1xf32>, tensor<4x8x1xf32>
// CHECK: %gamma = norm.sum %[[TERM]] over [0] : tensor<4x8x1xf32>
// CHECK: return %group, %gamma
func.func @scaled(%x: tensor<4x8x16xf32>, %dy: tensor<4x8x16xf32>, %scale: tensor<4x8x1xf32>)
    -> (tensor<4x8x1xf32>, tensor<1x8x1xf32>) {
  %product = norm.mul %dy, %x : tensor<4x8x16xf32>, tensor<4x8x16xf32>
  %group = norm.sum %product over [2] : tensor<4x8x16xf32>
  %scaled = norm.mul %scale, %dy : tensor<4x8x1xf32>, tensor<4x8x16xf32>
  %term = norm.mul %scaled, %x : tensor<4x8x16xf32>, tensor<4x8x16xf32>
  %gamma = norm.sum %term over [0, 2] : tensor<4x8x16xf32>
  return %group, %gamma : tensor<4x8x1xf32>, tensor<1x8x1xf32>
}

// A factor that varies along the inner axes, one that the outer sum has not, sums over other axes, a sum that nothing reads.
// CHECK-LABEL: func.func @others(
// CHECK-DAG: norm.sum %weighted over [0, 1] : tensor<4x8xf32>
// CHECK-DAG: norm.sum %product over [1] : tensor<4x8xf32>
// CHECK-DAG: norm.sum %arg0 over [0] : tensor<4x8xf32>
// CHECK-DAG: norm.sum %arg0 over [1] : tensor<4x8xf32>
// CHECK-NOT: norm.sum
// CHECK: return
func.func @others(%x: tensor<4x8xf32>, %w: tensor<4x8xf32>)
    -> (tensor<1x1xf32>, tensor<1x8xf32>, tensor<4x1xf32>, tensor<4x1xf32>) {
  %weighted = norm.mul %w, %x : tensor<4x8xf32>, tensor<4x8xf32>
  %all = norm.sum %weighted over [0, 1] : tensor<4x8xf32>
  %columns = norm.sum %x over [0] : tensor<4x8xf32>
  %square = norm.square %x : tensor<4x8xf32>
  %product = norm.mul %square, %weighted : tensor<4x8xf32>, tensor<4x8xf32>
  %cubes = norm.sum %product over [1] : tensor<4x8xf32>
  %rows = norm.sum %x over [1] : tensor<4x8xf32>
  %unread = norm.sum %weighted over [1] : tensor<4x8xf32>
  return %all, %columns, %cubes, %rows : tensor<1x1xf32>, tensor<1x8xf32>, tensor<4x1xf32>, tensor<4x1xf32>
}

// As in the backward of group norm: two sums over other axes each, of products that share what varies along the axes of both.
// CHECK-LABEL: func.func @split(
// CHECK: %[[DY:.+]] = norm.sum %arg1 over [3] : tensor<4x8x32x64xf32>
// CHECK: %[[GDY:.+]] = norm.mul %arg2, %[[DY]] : tensor<1x8x32x1xf32>, tensor<4x8x32x1xf32>
// CHECK: %group = norm.sum %[[GDY]] over [2] : tensor<4x8x32x1xf32>
// CHECK: %[[SDY:.+]] = norm.mul %arg3, %[[DY]] : tensor<4x8x1x1xf32>, tensor<4x8x32x1xf32>
// CHECK: %column = norm.sum %[[SDY]] over [0] : tensor<4x8x32x1xf32>
// CHECK: return %group, %column
func.func @split(%x: tensor<4x8x32x64xf32>, %dy: tensor<4x8x32x64xf32>, %gamma: tensor<1x8x32x1xf32>, %scale: tensor<4x8x1x1xf32>)
    -> (tensor<4x8x1x1xf32>, tensor<1x8x32x1xf32>) {
  %scaled = norm.mul %gamma, %dy : tensor<1x8x32x1xf32>, tensor<4x8x32x64xf32>
  %group = norm.sum %scaled over [2, 3] : tensor<4x8x32x64xf32>
  %term = norm.mul %scale, %dy : tensor<4x8x1x1xf32>, tensor<4x8x32x64xf32>
  %column = norm.sum %term over [0, 3] : tensor<4x8x32x64xf32>
  return %group, %column : tensor<4x8x1x1xf32>, tensor<1x8x32x1xf32>
}

// A factor that varies along the axis of both; and too few points for an array of sums.
// CHECK-LABEL: func.func @whole(
// CHECK-DAG: norm.sum %weighted over [0, 1] : tensor<8x64x16xf32>
// CHECK-DAG: norm.sum %arg0 over [1, 2] : tensor<8x64x16xf32>
// CHECK-DAG: norm.sum %arg0 over [0, 2] : tensor<8x64x16xf32>
// CHECK-NOT: norm.sum
// CHECK: return
func.func @whole(%x: tensor<8x64x16xf32>, %w: tensor<8x64x16xf32>)
    -> (tensor<1x1x16xf32>, tensor<8x1x1xf32>, tensor<1x64x1xf32>) {
  %weighted = norm.mul %w, %x : tensor<8x64x16xf32>, tensor<8x64x16xf32>
  %a = norm.sum %weighted over [0, 1] : tensor<8x64x16xf32>
  %b = norm.sum %x over [1, 2] : tensor<8x64x16xf32>
  %c = norm.sum %x over [0, 2] : tensor<8x64x16xf32>
  return %a, %b, %c : tensor<1x1x16xf32>, tensor<8x1x1xf32>, tensor<1x64x1xf32>
}

// The axis of both is split over devices: an array of sums would have to cross them.
// CHECK-LABEL: func.func @split_axis(
// CHECK-DAG: norm.sum %arg0 over [1, 2]
// CHECK-DAG: norm.sum %arg0 over [0, 2]
func.func @split_axis(%x: tensor<8x64x64xf32> {norm.shard = 2 : i64}) -> (tensor<8x1x1xf32>, tensor<1x64x1xf32>) {
  %b = norm.sum %x over [1, 2] : tensor<8x64x64xf32>
  %c = norm.sum %x over [0, 2] : tensor<8x64x64xf32>
  return %b, %c : tensor<8x1x1xf32>, tensor<1x64x1xf32>
}
