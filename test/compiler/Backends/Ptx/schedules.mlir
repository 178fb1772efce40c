// Which schedule a kernel has follows from its axes and from the extents that are known when it is compiled.
//
// RUN: normc %s --emit=ptx | FileCheck %s
// RUN: normc %s --emit=module --target=sm_80 -o %t.so

// Rows of more than 2,048 elements are shared by as many warps as they have chunks.
// CHECK: // runs: 4 teams of 32 lanes for a group, 4 elements at once where aligned, held in registers
// CHECK: .visible .entry long_rows_

// Short runs take a part of a warp.
// CHECK: // runs: 16 lanes for a group, 8 groups a block
// CHECK: .visible .entry short_rows_

// Columns, of which nobody knows how many rows they have: in one launch, or each sweep in one of its own, with the scalars of
// the groups in between.
// CHECK: // columns: 8 teams of 32 lanes for a tile of columns, 4 columns at once where aligned, 4 rows in flight, or a launch for each sweep
// CHECK: // all sweeps, a block for each group or for several
// CHECK-NEXT: .visible .entry columns_[[K:[a-z]+]](
// CHECK: // sweep 0, several blocks a group
// CHECK-NEXT: .visible .entry columns_[[K]]_sweep0(
// CHECK: ld.global.nc.v4.f32
// CHECK: // merges what blocks have come to; the scalars of each group
// CHECK-NEXT: .visible .entry columns_[[K]]_scalars1(
// CHECK: .visible .entry columns_[[K]]_sweep1(

// Columns that 4 does not divide: an element each, 128 lanes' worth in four banks.
// CHECK: // columns: 8 teams of 32 lanes for a tile of columns, 4 rows in flight, or a launch for each sweep
// CHECK: .visible .entry odd_columns_
// CHECK-NOT: ld.global.nc.v4

// Two bytes an element: eight columns at once.
// CHECK: // columns: 16 teams of 16 lanes for a tile of columns, 8 columns at once where aligned, 4 rows in flight
// CHECK: .visible .entry half_columns_
// CHECK: ld.global.nc.v4.{{[ub]}}32

// Few rows are held in registers from one sweep to the next.
// CHECK: // columns: 8 teams of 32 lanes for a tile of columns, 4 columns at once where aligned, held in registers
// CHECK: // x: 204800 bytes read, held for later sweeps
// CHECK: .visible .entry held_columns_

// A kernel without sweeps has a thread for each point, and positions of 32 bits where there are few points.
// CHECK: // a thread for each point
// CHECK: .visible .entry points_
// CHECK-NOT: .visible .entry points_{{.*}}_wide
func.func @long_rows(%x: tensor<8x8192xf32>) -> tensor<8x8192xf32> {
  %y = norm.layer_norm %x over [1] {eps = 1.0e-5} : tensor<8x8192xf32>
  return %y : tensor<8x8192xf32>
}
func.func @short_rows(%x: tensor<8x10xf32>) -> tensor<8x10xf32> {
  %y = norm.softmax %x over [1] : tensor<8x10xf32>
  return %y : tensor<8x10xf32>
}
func.func @columns(%x: tensor<?x96xf32>) -> tensor<?x96xf32> {
  %y = norm.layer_norm %x over [0] {eps = 1.0e-5} : tensor<?x96xf32>
  return %y : tensor<?x96xf32>
}
func.func @odd_columns(%x: tensor<?x37xf32>) -> tensor<?x37xf32> {
  %y = norm.layer_norm %x over [0] {eps = 1.0e-5} : tensor<?x37xf32>
  return %y : tensor<?x37xf32>
}
func.func @half_columns(%x: tensor<200x256xf16>) -> tensor<200x256xf16> {
  %y = norm.layer_norm %x over [0] {eps = 1.0e-5} : tensor<200x256xf16>
  return %y : tensor<200x256xf16>
}
func.func @held_columns(%x: tensor<200x256xf32>) -> tensor<200x256xf32> {
  %y = norm.layer_norm %x over [0] {eps = 1.0e-5} : tensor<200x256xf32>
  return %y : tensor<200x256xf32>
}
func.func @points(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %y = norm.exp %x : tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}
