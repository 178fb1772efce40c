// Takes sums from sums over fewer axes that are computed anyway.
// RUN: normc-opt %s --nest-sums --cse | FileCheck %s

// As in the backward of instance norm: what does not vary within the groups is left outside. The order of the two means nothing.
// CHECK-LABEL: func.func @gradients(
// CHECK: %[[XDY:.+]] = norm.mul %arg1, %arg0 : tensor<4x8x?xf32>
// CHECK: %[[DY:.+]] = norm.sum %arg1 over [2] : tensor<4x8x?xf32>
// CHECK: %beta = norm.sum %[[DY]] over [0] : tensor<4x8x1xf32>
// The extent may be 0, and the scale anything: nothing is left outside.
// CHECK: %gamma = norm.sum %{{.+}} over [0, 2] : tensor<4x8x?xf32>
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
