// Every op, written and read back.
// RUN: normc-opt %s | FileCheck %s
// RUN: normc-opt %s | normc-opt | FileCheck %s
// RUN: normc-opt %s --mlir-print-op-generic | normc-opt | FileCheck %s

// Names come from kernel.name and from the kernels.
// CHECK: kernel.plan @double(%x: tensor<?x4xf32> {kernel.extents = array<i64: -1, 4>, kernel.name = "x"})
// CHECK-SAME: -> (tensor<?x4xf32> {kernel.extents = array<i64: -1, 4>, kernel.name = "y"}) {
kernel.plan @double(%x: tensor<?x4xf32> {kernel.name = "x", kernel.extents = array<i64: -1, 4>})
    -> (tensor<?x4xf32> {kernel.name = "y", kernel.extents = array<i64: -1, 4>}) {
  // CHECK-NEXT: %y = kernel.kernel "y" space [-1, 4] parallel [0, 1] {
  %y = kernel.kernel "y" space [-1, 4] parallel [0, 1] {
    // CHECK-NEXT: %[[X:.+]] = kernel.load %x : tensor<?x4xf32>
    %0 = kernel.load %x : tensor<?x4xf32>
    // CHECK-NEXT: %[[SUM:.+]] = arith.addf %[[X]], %[[X]] : f32
    %1 = arith.addf %0, %0 : f32
    // CHECK-NEXT: kernel.store %[[SUM]] to 0 : f32
    kernel.store %1 to 0 : f32
  // CHECK-NEXT: } : tensor<?x4xf32>
  } : tensor<?x4xf32>
  // CHECK-NEXT: kernel.return %y : tensor<?x4xf32>
  kernel.return %y : tensor<?x4xf32>
}

// A tensor that does not vary along an axis is read at 0 there; a kernel without parallel axes runs once.
// CHECK-LABEL: kernel.plan @statistics
kernel.plan @statistics(%x: tensor<4x8xf64> {kernel.name = "x", kernel.extents = array<i64: 4, 8>},
                        %s: tensor<1x8xf64> {kernel.name = "s", kernel.extents = array<i64: 1, 8>})
    -> (tensor<1x1xf64> {kernel.name = "m", kernel.extents = array<i64: 1, 1>},
        tensor<1x1xf32> {kernel.name = "n", kernel.extents = array<i64: 1, 1>}) {
  // CHECK-NEXT: kernel.kernel "m" space [4, 8] parallel [] {
  %m, %n = kernel.kernel "m" space [4, 8] parallel [] {
    // CHECK-NEXT: %[[V:.+]]:3 = kernel.sweep over [0, 1] monoids [#kernel.monoid<sum>, #kernel.monoid<max>, #kernel.monoid<min>] {
    %sum, %max, %min = kernel.sweep over [0, 1] monoids [#kernel.monoid<sum>, #kernel.monoid<max>, #kernel.monoid<min>] {
      // CHECK-NEXT: kernel.load
      %0 = kernel.load %x : tensor<4x8xf64>
      // CHECK-NEXT: kernel.load %s : tensor<1x8xf64>
      %1 = kernel.load %s : tensor<1x8xf64>
      // CHECK-NEXT: kernel.index 1
      %i = kernel.index 1
      %2 = arith.sitofp %i : i64 to f64
      // CHECK: kernel.yield %{{.+}}, %{{.+}}, %{{.+}} : f64, f64, f64
      kernel.yield %0, %1, %2 : f64, f64, f64
    // CHECK-NEXT: } : f64, f64, f64
    } : f64, f64, f64
    // A sweep may have a result and no use, or no monoid at all.
    // CHECK-NEXT: kernel.sweep over [1] monoids [] {
    kernel.sweep over [1] monoids [] {
      // CHECK-NEXT: kernel.yield{{$}}
      kernel.yield
    // CHECK-NEXT: }
    }
    // CHECK-NEXT: %[[N:.+]] = kernel.count [4, -1]
    %c = kernel.count [4, -1]
    // CHECK-NEXT: arith.sitofp %[[N]]
    %d = arith.sitofp %c : i64 to f64
    // CHECK-NEXT: %[[MEAN:.+]] = arith.divf %[[V]]#0
    %mean = arith.divf %sum, %d : f64
    // CHECK-NEXT: kernel.store %[[MEAN]] to 0 : f64
    kernel.store %mean to 0 : f64
    %half = arith.truncf %max : f64 to f32
    // CHECK: kernel.store %{{.+}} to 1 : f32
    kernel.store %half to 1 : f32
  // CHECK-NEXT: } : tensor<1x1xf64>, tensor<1x1xf32>
  } : tensor<1x1xf64>, tensor<1x1xf32>
  kernel.return %m, %n : tensor<1x1xf64>, tensor<1x1xf32>
}

// A plan without kernels.
// CHECK-LABEL: kernel.plan private @nothing() attributes {norm.forward_of = "g"} {
kernel.plan private @nothing() attributes {norm.forward_of = "g"} {
  // CHECK-NEXT: kernel.return{{$}}
  kernel.return
}

// What devices merge; it is named after the first thing that it merges.
// CHECK-LABEL: kernel.plan @collective
kernel.plan @collective(%x: tensor<?x8xf32> {kernel.name = "x", kernel.extents = array<i64: -1, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %mean, %squares = kernel.kernel "here" space [-1, 8] parallel [1] {
    %0:2 = kernel.sweep over [0] monoids [#kernel.monoid<moments>] {
      %1 = kernel.load %x : tensor<?x8xf32>
      kernel.yield %1 : f32
    } : f64, f64
    kernel.store %0#0 to 0 : f64
    kernel.store %0#1 to 1 : f64
  } : tensor<1x8xf64>, tensor<1x8xf64>
  // CHECK: %[[ALL:.+]], %{{.+}}, %{{.+}} = kernel.collective "mu, rest" monoids [#kernel.monoid<moments>, #kernel.monoid<max>] counts [array<i64: -1>, array<i64>] joins [0] expected [12] %here, %here_0, %here {kernel.bytes = "200"} : (tensor<1x8xf64>, tensor<1x8xf64>, tensor<1x8xf64>) -> (tensor<1x8xf64>, tensor<1x8xf64>, tensor<1x8xf64>)
  %all:3 = kernel.collective "mu, rest" monoids [#kernel.monoid<moments>, #kernel.monoid<max>] counts [array<i64: -1>, array<i64>]
      joins [0] expected [12] %mean, %squares, %mean {kernel.bytes = "200"}
      : (tensor<1x8xf64>, tensor<1x8xf64>, tensor<1x8xf64>) -> (tensor<1x8xf64>, tensor<1x8xf64>, tensor<1x8xf64>)
  // CHECK: kernel.collective "extents" monoids [] counts [] joins [] expected [] : () -> ()
  kernel.collective "extents" monoids [] counts [] joins [] expected [] : () -> ()
  %y = kernel.kernel "y" space [1, 8] parallel [0, 1] {
    %0 = kernel.load %all#1 : tensor<1x8xf64>
    kernel.store %0 to 0 : f64
  } : tensor<1x8xf64>
  kernel.return %y : tensor<1x8xf64>
}
