// Sums group by group what waits for reductions of its group.
// RUN: normc-opt %s --group-sums | FileCheck %s
// RUN: normc-opt %s --group-sums --distribute --form-kernels | FileCheck %s --check-prefix=KERNELS

// A loss of rows: the kernel that has a row's maximum and sum adds up what is picked of it, and a small one adds up the rows.
// CHECK-LABEL: func.func @loss(
// CHECK: %[[ROW:.+]] = norm.sum %picked over [1] : tensor<?x10xf32>
// CHECK-NEXT: %loss = norm.sum %[[ROW]] over [0] : tensor<?x1xf32>
// KERNELS-LABEL: kernel.plan @loss(
// KERNELS-NEXT: %[[ROWS:.+]] = kernel.kernel "value" space [-1, 10] parallel [0] {
// KERNELS: kernel.sweep over [1] monoids [#kernel.monoid<max>] {
// KERNELS: kernel.sweep over [1] monoids [#kernel.monoid<sum>] {
// KERNELS: %[[SUM:.+]] = kernel.sweep over [1] monoids [#kernel.monoid<sum>] {
// KERNELS: kernel.store %[[SUM]] to 0 : f64
// KERNELS-NEXT: } : tensor<?x1xf64>
// KERNELS-NEXT: %loss = kernel.kernel "loss" space [-1, 1] parallel [1] {
// KERNELS-NEXT: kernel.sweep over [0] monoids [#kernel.monoid<sum>] {
// KERNELS-NEXT: kernel.load %[[ROWS]] : tensor<?x1xf64>
// KERNELS-NOT: kernel.kernel
// KERNELS: kernel.return
func.func @loss(%x: tensor<?x10xf32>, %labels: tensor<?x1xi32>) -> tensor<1x1xf32> {
  %max = norm.max_over %x over [1] : tensor<?x10xf32>
  %shifted = norm.sub %x, %max : tensor<?x10xf32>, tensor<?x1xf32>
  %exp = norm.exp %shifted : tensor<?x10xf32>
  %sum = norm.sum %exp over [1] : tensor<?x10xf32>
  %log = norm.log %sum : tensor<?x1xf32>
  %logp = norm.sub %shifted, %log : tensor<?x10xf32>, tensor<?x1xf32>
  %class = norm.index 1 of %x : tensor<?x10xf32> to i32
  %hit = norm.compare eq %class, %labels : tensor<1x10xi32>, tensor<?x1xi32>
  %zero = norm.constant 0.0 : tensor<1x1xf32>
  %picked = norm.select %hit, %logp, %zero : tensor<?x10xi1>, tensor<?x10xf32>, tensor<1x1xf32>
  %loss = norm.sum %picked over [0, 1] : tensor<?x10xf32>
  return %loss : tensor<1x1xf32>
}

// Terms that wait for nothing, or for rows and columns; groups of few points.
// CHECK-LABEL: func.func @others(
// CHECK: %all = norm.sum %arg0 over [0, 1]
// CHECK: %both = norm.sum %{{.+}} over [0, 1]
// CHECK: %few = norm.sum %{{.+}} over [0, 1]
// CHECK-NOT: norm.sum
func.func @others(%x: tensor<?x64xf32>, %y: tensor<?x4xf32>) -> (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>) {
  %all = norm.sum %x over [0, 1] : tensor<?x64xf32>
  %row = norm.max_over %x over [1] : tensor<?x64xf32>
  %column = norm.max_over %x over [0] : tensor<?x64xf32>
  %a = norm.sub %x, %row : tensor<?x64xf32>, tensor<?x1xf32>
  %b = norm.mul %a, %column : tensor<?x64xf32>, tensor<1x64xf32>
  %both = norm.sum %b over [0, 1] : tensor<?x64xf32>
  %short = norm.max_over %y over [1] : tensor<?x4xf32>
  %c = norm.mul %y, %short : tensor<?x4xf32>, tensor<?x1xf32>
  %few = norm.sum %c over [0, 1] : tensor<?x4xf32>
  return %all, %both, %few : tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>
}

// What devices would have to exchange row by row stays one sum of each.
// CHECK-LABEL: func.func @shared(
// CHECK: norm.sum %{{.+}} over [0, 1]
func.func @shared(%x: tensor<?x64xf32> {norm.shard = 1 : i64}) -> tensor<1x1xf32> {
  %row = norm.max_over %x over [1] : tensor<?x64xf32>
  %a = norm.sub %x, %row : tensor<?x64xf32>, tensor<?x1xf32>
  %sum = norm.sum %a over [0, 1] : tensor<?x64xf32>
  return %sum : tensor<1x1xf32>
}
