// States the bytes that each kernel moves.
// RUN: normc-opt %s --certify-kernels | FileCheck %s
// RUN: normc-opt %s --certify-kernels | normc-opt | FileCheck %s
// RUN: normc %examples/layer_norm.mlir --emit=kernels | FileCheck %s --check-prefix=LAYER
// RUN: normc %examples/layer_norm.mlir --emit=kernels | normc-opt | FileCheck %s --check-prefix=LAYER

// y = x * max(x) * gamma over rows of 8: x once a sweep; each parallel point has rows of its own, but reads all of gamma.
// CHECK-LABEL: kernel.plan @rows
kernel.plan @rows(%x: tensor<?x8xf32> {kernel.name = "x", kernel.extents = array<i64: -1, 8>},
                  %g: tensor<1x8xf16> {kernel.name = "gamma", kernel.extents = array<i64: 1, 8>},
                  %m: tensor<?x1xi1> {kernel.name = "mask", kernel.extents = array<i64: -1, 1>})
    -> (tensor<?x8xf32> {kernel.name = "y", kernel.extents = array<i64: -1, 8>}) {
  %y = kernel.kernel "y" space [-1, 8] parallel [0] {
    %max = kernel.sweep over [1] monoids [#kernel.monoid<max>] {
      %0 = kernel.load %x : tensor<?x8xf32>
      kernel.yield %0 : f32
    } : f64
    %rounded = arith.truncf %max : f64 to f32
    kernel.sweep over [1] monoids [] {
      // Loaded twice in one sweep, it is still read once.
      %0 = kernel.load %x : tensor<?x8xf32>
      %again = kernel.load %x : tensor<?x8xf32>
      %1 = kernel.load %g : tensor<1x8xf16>
      %2 = arith.extf %1 : f16 to f32
      // The same for all of a row, so once a row.
      %on = kernel.load %m : tensor<?x1xi1>
      %3 = arith.mulf %0, %rounded : f32
      %4 = arith.mulf %3, %2 : f32
      %5 = arith.select %on, %4, %again : f32
      kernel.store %5 to 0 : f32
      kernel.yield
    }
  // CHECK: } : tensor<?x8xf32> {kernel.certificate = {cache = "L2", kept = "48",
  // CHECK-SAME: minimum_read = "33 * n0 + 16", minimum_written = "32 * n0", read = "33 * n0 + 16",
  // CHECK-SAME: reused = ["gamma: 16 read, at most 16 * n0"],
  // CHECK-SAME: streamed = ["x: 32 * n0 read in 2 sweeps", "mask: 1 * n0 read", "y: 32 * n0 written"],
  // CHECK-SAME: written = "32 * n0"}, kernel.resident}
  } : tensor<?x8xf32>
  kernel.return %y : tensor<?x8xf32>
}

// The same sweeps where the second finds the row on chip, which the pass sees: x once, and a cache that must hold the row.
// CHECK-LABEL: kernel.plan @resident
kernel.plan @resident(%x: tensor<6x300xf32> {kernel.name = "x", kernel.extents = array<i64: 6, 300>})
    -> (tensor<6x300xf32> {kernel.name = "y", kernel.extents = array<i64: 6, 300>}) {
  %y = kernel.kernel "y" space [6, 300] parallel [0] {
    %max = kernel.sweep over [1] monoids [#kernel.monoid<max>] {
      %0 = kernel.load %x : tensor<6x300xf32>
      kernel.yield %0 : f32
    } : f64
    %rounded = arith.truncf %max : f64 to f32
    kernel.sweep over [1] monoids [] {
      %0 = kernel.load %x : tensor<6x300xf32>
      %1 = arith.subf %0, %rounded : f32
      kernel.store %1 to 0 : f32
      kernel.yield
    }
  // CHECK: kernel.certificate = {cache = "L2", kept = "1200", minimum_read = "7200", minimum_written = "7200",
  // CHECK-SAME: read = "7200", streamed = ["x: 7200 read in 2 sweeps", "y: 7200 written"],
  // CHECK-SAME: written = "7200"}, kernel.resident}
  } : tensor<6x300xf32>
  kernel.return %y : tensor<6x300xf32>
}

// Not where a row is longer than the cache, nor where nobody knows; somebody else's word is not taken for it.
// CHECK-LABEL: kernel.plan @elsewhere
// CHECK-NOT: kernel.resident
kernel.plan @elsewhere(%x: tensor<4x1048576xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 1048576>},
                       %v: tensor<?x?xf32> {kernel.name = "v", kernel.extents = array<i64: -1, -2>})
    -> (tensor<4x1048576xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 1048576>},
        tensor<?x?xf32> {kernel.name = "z", kernel.extents = array<i64: -1, -2>}) {
  %y = kernel.kernel "y" space [4, 1048576] parallel [0] {
    %max = kernel.sweep over [1] monoids [#kernel.monoid<max>] {
      %0 = kernel.load %x : tensor<4x1048576xf32>
      kernel.yield %0 : f32
    } : f64
    %rounded = arith.truncf %max : f64 to f32
    kernel.sweep over [1] monoids [] {
      %0 = kernel.load %x : tensor<4x1048576xf32>
      %1 = arith.subf %0, %rounded : f32
      kernel.store %1 to 0 : f32
      kernel.yield
    }
  // CHECK: kernel.certificate = {cache = "none", minimum_read = "16777216", minimum_written = "16777216", read = "33554432",
  // CHECK-SAME: streamed = ["x: 33554432 read in 2 sweeps", "y: 16777216 written"], written = "16777216"}}
  } : tensor<4x1048576xf32> {kernel.resident}
  %z = kernel.kernel "z" space [-1, -2] parallel [0] {
    %max = kernel.sweep over [1] monoids [#kernel.monoid<max>] {
      %0 = kernel.load %v : tensor<?x?xf32>
      kernel.yield %0 : f32
    } : f64
    %rounded = arith.truncf %max : f64 to f32
    kernel.sweep over [1] monoids [] {
      %0 = kernel.load %v : tensor<?x?xf32>
      %1 = arith.subf %0, %rounded : f32
      kernel.store %1 to 0 : f32
      kernel.yield
    }
  // CHECK: kernel.certificate = {cache = "none", minimum_read = "4 * n0 * n1", minimum_written = "4 * n0 * n1",
  // CHECK-SAME: read = "8 * n0 * n1", streamed = ["v: 8 * n0 * n1 read in 2 sweeps", "z: 4 * n0 * n1 written"],
  // CHECK-SAME: written = "4 * n0 * n1"}}
  } : tensor<?x?xf32> {kernel.resident}
  kernel.return %y, %z : tensor<4x1048576xf32>, tensor<?x?xf32>
}

// What is accumulated over the parallel points is written once. What is kept on chip is not counted.
// CHECK-LABEL: kernel.plan @riders
kernel.plan @riders(%x: tensor<?x8xf32> {kernel.name = "x", kernel.extents = array<i64: -1, 8>})
    -> (tensor<?x8xf32> {kernel.name = "y", kernel.extents = array<i64: -1, 8>},
        tensor<1x8xf32> {kernel.name = "total", kernel.extents = array<i64: 1, 8>}) {
  %y, %total = kernel.kernel "y" space [-1, 8] parallel [0] {
    %sum = kernel.sweep over [1] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<?x8xf32>
      kernel.keep %0 in 0 : f32
      kernel.accumulate %0 to 1 : f32
      kernel.yield %0 : f32
    } : f64
    %rounded = arith.truncf %sum : f64 to f32
    kernel.sweep over [1] monoids [] {
      %0 = kernel.kept 0 : f32
      %1 = arith.subf %0, %rounded : f32
      kernel.store %1 to 0 : f32
      kernel.yield
    }
  // CHECK: kernel.certificate = {cache = "none", minimum_read = "32 * n0", minimum_written = "32 * n0 + 32", read = "32 * n0",
  // CHECK-SAME: streamed = ["x: 32 * n0 read", "y: 32 * n0 written", "total: 32 written"], written = "32 * n0 + 32"}}
  } : tensor<?x8xf32>, tensor<1x8xf32>
  kernel.return %y, %total : tensor<?x8xf32>, tensor<1x8xf32>
}

// Columns: what belongs to one parallel point alone is exact, so nothing relies on a cache. Axes of extent 1 share nothing.
// An intermediate result is known by its kernel's name and its number there.
// CHECK-LABEL: kernel.plan @columns
kernel.plan @columns(%x: tensor<16x1x8xf64> {kernel.name = "x", kernel.extents = array<i64: 16, 1, 8>},
                     %g: tensor<1x1x8xf32> {kernel.name = "gamma", kernel.extents = array<i64: 1, 1, 8>})
    -> (tensor<1x1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 1, 8>}) {
  %s, %t = kernel.kernel "total" space [16, 1, 8] parallel [1, 2] {
    %sum = kernel.sweep over [0] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<16x1x8xf64>
      kernel.yield %0 : f64
    } : f64
    %0 = kernel.load %g : tensor<1x1x8xf32>
    %1 = arith.extf %0 : f32 to f64
    kernel.store %sum to 0 : f64
    kernel.store %1 to 1 : f64
  // CHECK: {kernel.certificate = {cache = "none", minimum_read = "1056", minimum_written = "128", read = "1056",
  // CHECK-SAME: streamed = ["x: 1024 read", "gamma: 32 read", "total#0: 64 written", "total#1: 64 written"], written = "128"}}
  } : tensor<1x1x8xf64>, tensor<1x1x8xf64>
  %y = kernel.kernel "y" space [1, 1, 8] parallel [2] {
    %0 = kernel.load %s : tensor<1x1x8xf64>
    %1 = kernel.load %t : tensor<1x1x8xf64>
    %2 = arith.mulf %0, %1 : f64
    kernel.store %2 to 0 : f64
  // CHECK: streamed = ["total#0: 64 read", "total#1: 64 read", "y: 64 written"]
  } : tensor<1x1x8xf64>
  kernel.return %y : tensor<1x1x8xf64>
}

// A graph without elements moves nothing; more bytes than 64 bits count stay at the largest number.
// CHECK-LABEL: kernel.plan @extremes
kernel.plan @extremes(%x: tensor<0x?xf64> {kernel.name = "x", kernel.extents = array<i64: 0, -1>},
                      %h: tensor<4000000000x4000000000xf64>
                          {kernel.name = "h", kernel.extents = array<i64: 4000000000, 4000000000>})
    -> (tensor<0x?xf64> {kernel.name = "y", kernel.extents = array<i64: 0, -1>},
        tensor<4000000000x4000000000xf64> {kernel.name = "z", kernel.extents = array<i64: 4000000000, 4000000000>}) {
  %y = kernel.kernel "y" space [0, -1] parallel [0, 1] {
    %0 = kernel.load %x : tensor<0x?xf64>
    kernel.store %0 to 0 : f64
  // CHECK: read = "0", streamed = ["x: 0 read", "y: 0 written"], written = "0"}}
  } : tensor<0x?xf64>
  %z = kernel.kernel "z" space [4000000000, 4000000000] parallel [0, 1] {
    %0 = kernel.load %h : tensor<4000000000x4000000000xf64>
    kernel.store %0 to 0 : f64
  // CHECK: read = "9223372036854775807"
  } : tensor<4000000000x4000000000xf64>
  kernel.return %y, %z : tensor<0x?xf64>, tensor<4000000000x4000000000xf64>
}

// Runs of more than 2,048 points are cut, and their pieces share what varies from run to run: it comes from memory once, and is read at
// most once for each piece. Of shorter runs it is streamed.
// CHECK-LABEL: kernel.plan @pieces
kernel.plan @pieces(%x: tensor<?x5000xf32> {kernel.name = "x", kernel.extents = array<i64: -1, 5000>},
                    %v: tensor<?x?xf32> {kernel.name = "v", kernel.extents = array<i64: -1, -2>},
                    %u: tensor<?x2048xf32> {kernel.name = "u", kernel.extents = array<i64: -1, 2048>},
                    %w: tensor<?x1xf32> {kernel.name = "w", kernel.extents = array<i64: -1, 1>})
    -> (tensor<1x1xf32> {kernel.name = "a", kernel.extents = array<i64: 1, 1>},
        tensor<1x1xf32> {kernel.name = "b", kernel.extents = array<i64: 1, 1>},
        tensor<1x1xf32> {kernel.name = "c", kernel.extents = array<i64: 1, 1>}) {
  %a = kernel.kernel "a" space [-1, 5000] parallel [] {
    %sum = kernel.sweep over [0, 1] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<?x5000xf32>
      %1 = kernel.load %w : tensor<?x1xf32>
      %2 = arith.maximumf %0, %1 : f32
      kernel.yield %2 : f32
    } : f64
    %rounded = arith.truncf %sum : f64 to f32
    kernel.store %rounded to 0 : f32
  // CHECK: kernel.certificate = {cache = "L2", kept = "4", minimum_read = "20004 * n0", minimum_written = "4", read = "20004 * n0",
  // CHECK-SAME: reused = ["w: 4 * n0 read, at most 12 * n0"], streamed = ["x: 20000 * n0 read", "a: 4 written"]
  } : tensor<1x1xf32>
  %b = kernel.kernel "b" space [-1, -2] parallel [] {
    %sum = kernel.sweep over [0, 1] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %v : tensor<?x?xf32>
      %1 = kernel.load %w : tensor<?x1xf32>
      %2 = arith.maximumf %0, %1 : f32
      kernel.yield %2 : f32
    } : f64
    %rounded = arith.truncf %sum : f64 to f32
    kernel.store %rounded to 0 : f32
  // CHECK: reused = ["w: 4 * n0 read, at most 4 * n0 * n1"], streamed = ["v: 4 * n0 * n1 read", "b: 4 written"]
  } : tensor<1x1xf32>
  %c = kernel.kernel "c" space [-1, 2048] parallel [] {
    %sum = kernel.sweep over [0, 1] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %u : tensor<?x2048xf32>
      %1 = kernel.load %w : tensor<?x1xf32>
      %2 = arith.maximumf %0, %1 : f32
      kernel.yield %2 : f32
    } : f64
    %rounded = arith.truncf %sum : f64 to f32
    kernel.store %rounded to 0 : f32
  // CHECK: cache = "none", {{.*}}streamed = ["u: 8192 * n0 read", "w: 4 * n0 read", "c: 4 written"]
  } : tensor<1x1xf32>
  kernel.return %a, %b, %c : tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>
}

// The pipeline ends with it.
// LAYER-LABEL: kernel.plan @layer_norm(
// LAYER: } : tensor<?x64xf32> {{.*}}kernel.certificate = {cache = "L2",
// LAYER-SAME: minimum_read = "256 * n0 + 512", minimum_written = "256 * n0",
// LAYER-SAME: reused = ["gamma: 256 read, at most 256 * n0", "beta: 256 read, at most 256 * n0"]
