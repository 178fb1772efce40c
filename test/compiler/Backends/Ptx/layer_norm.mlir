// One graph on its way to a GPU: rows of 1,024 are held in the registers of a warp, so that they are read once.
//
// RUN: normc %s --emit=llvm --target=sm_80 | FileCheck %s --check-prefix=LLVM
// RUN: normc %s --emit=ptx --target=sm_80 | FileCheck %s --check-prefix=PTX
// RUN: normc %s --emit=ptx --target=sm_75 | FileCheck %s --check-prefix=SM75
// RUN: normc %s --emit=ptx --target=sm_90a | FileCheck %s --check-prefix=SM90A
// RUN: normc %s --emit=ptx | FileCheck %s --check-prefix=PTX

// Each access carries its operand and sweep; what the second sweep reads again is in registers.
// LLVM-LABEL: define void @layer_norm_y(
// LLVM: load <4 x float>, ptr addrspace(1) {{.*}}, align 16, !normc.operand ![[X:[0-9]+]]
// LLVM: call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float {{.*}}, i32 16, i32 31)
// LLVM: store <4 x float> {{.*}}, align 16, !normc.operand ![[Y:[0-9]+]]
// LLVM-NOT: alias.scope
// LLVM-DAG: ![[X]] = !{!"x", i32 0}
// LLVM-DAG: = !{!"gamma", i32 1}
// LLVM-DAG: ![[Y]] = !{!"y", i32 1}

// The formula, the schedule and what is moved stand above the entry.
// PTX: .version 7.0
// PTX: .target sm_80
// PTX: // y = gamma * {{.*}} + beta
// PTX-NEXT: // runs: 32 lanes for a group, 4 groups a block, 4 elements at once where aligned, held in registers
// PTX-NEXT: // x: 4096 * n0 bytes read, held for later sweeps
// PTX-NEXT: // y: 4096 * n0 bytes written
// PTX: .visible .entry layer_norm_y(
// PTX: .maxntid 128, 1, 1
// PTX: shfl.sync.bfly.b32
// PTX: ld.global.nc.v4.f32
// PTX: st.global.v4.f32
// Where there are more than 2^30 elements, positions have 64 bits.
// PTX: .visible .entry layer_norm_y_wide(

// SM75: .version 6.3
// SM75: .target sm_75
// SM90A: .version 8.0
// SM90A: .target sm_90a
func.func @layer_norm(%x: tensor<?x1024xf32>, %gamma: tensor<1x1024xf32>, %beta: tensor<1x1024xf32>) -> tensor<?x1024xf32> {
  %y = norm.layer_norm %x, %gamma, %beta over [1] {eps = 1.0e-5} : tensor<?x1024xf32>, tensor<1x1024xf32>, tensor<1x1024xf32>
  return %y : tensor<?x1024xf32>
}
