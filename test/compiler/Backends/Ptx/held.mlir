// Groups that no block's registers hold lie in shared memory between sweeps: of a cluster where there are clusters, else of
// blocks of a grid that is resident as a whole.
//
// RUN: normc %s --emit=ptx --target=sm_80 | FileCheck %s --check-prefix=SM80
// RUN: normc %s --emit=ptx --target=sm_90 | FileCheck %s --check-prefix=SM90
// RUN: normc %s --emit=ptx --target=sm_86 | FileCheck %s --check-prefix=SM86
// RUN: normc %s --emit=llvm --target=sm_90 | FileCheck %s --check-prefix=LLVM

// SM80: .extern .shared .align 16 .b8 normc_held[];
// SM80: // runs: 16 teams of 32 lanes for a group, {{.*}}held in the shared memory of one block or several of a resident grid
// SM80-NEXT: // x: 262144 * n0 bytes read, held for later sweeps
// SM80-NEXT: // y: 262144 * n0 bytes written
// SM80-NEXT: // all sweeps, resident blocks for each group
// SM80-NEXT: .visible .entry rows_y_grid(
// SM80: .maxntid 512, 1, 1
// SM80: st.shared.v4.f32
// Blocks of a group meet at a counter.
// SM80: membar.gl
// SM80: atom.global.add.u32
// SM80: ld.volatile.global.u32
// SM80: membar.gl
// SM80: ld.shared.v4.f32
// Beside it is what reads again, for what does not fit.
// SM80: // x: 524288 * n0 bytes read in 2 sweeps
// SM80: .visible .entry rows_y(
// SM80-NOT: cluster

// SM90: // runs: 16 teams of 32 lanes for a group, {{.*}}held in the shared memory of a cluster of blocks
// SM90-NEXT: // x: 262144 * n0 bytes read, held for later sweeps
// SM90-NEXT: // y: 262144 * n0 bytes written
// SM90-NEXT: // all sweeps, a block or a cluster for each group
// SM90-NEXT: .visible .entry rows_y_held(
// SM90: barrier.cluster.arrive.aligned
// SM90: barrier.cluster.wait.aligned
// SM90: mapa.u64
// 32 chunks of a row are in at most 8 blocks, so that no other form is needed.
// SM90-NOT: .entry rows_y_grid

// Where extents are the call's, there are both.
// SM90: .visible .entry channels_y_held(
// SM90: .visible .entry channels_y_grid(

// A block of 99 KiB has 8 chunks of 8 KiB.
// SM86: // runs: 8 teams of 32 lanes for a group, {{.*}}held in the shared memory
// SM86: .visible .entry rows_y_grid(

// LLVM-LABEL: define void @rows_y_held(
// LLVM: call ptr @llvm.nvvm.mapa(ptr {{.*}}, i32
func.func @rows(%x: tensor<?x65536xf32>) -> tensor<?x65536xf32> {
  %y = norm.layer_norm %x over [1] {eps = 1.0e-5} : tensor<?x65536xf32>
  return %y : tensor<?x65536xf32>
}
func.func @channels(%x: tensor<?x3x?x?xf32>) -> tensor<?x3x?x?xf32> {
  %y = norm.batch_norm %x over [0, 2, 3] {eps = 1.0e-5} : tensor<?x3x?x?xf32>
  return %y : tensor<?x3x?x?xf32>
}
