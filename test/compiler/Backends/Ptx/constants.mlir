// What a kernel only reads is said to be constant, so that it is read through the cache for that. An argument over which a result of
// the kernel may lie is not: it changes while the kernel runs.
//
// RUN: normc %s --emit=llvm --target=sm_80 | FileCheck %s --check-prefix=LLVM
// RUN: normc %s --emit=ptx --target=sm_80 | FileCheck %s --check-prefix=PTX
!rows     = tensor<?x1024xf32>
!features = tensor<1x1024xf32>

// LLVM-LABEL: define void @apart_y(
// LLVM-SAME: ptr addrspace(1) noalias readonly %0, ptr addrspace(1) noalias readonly %1, ptr addrspace(1) %2,
// PTX-LABEL: .visible .entry apart_y(
// PTX-NOT: ld.global.{{[^n]}}
// PTX: ld.global.nc.v4.f32
// PTX-NOT: ld.global.{{[^n]}}
func.func @apart(%x: !rows, %gamma: !features) -> !rows {
  %y = norm.rms_norm %x, %gamma over [1] {eps = 1.0e-5} : !rows, !features
  return %y : !rows
}

// The scale is constant, the rows are not.
// LLVM-LABEL: define void @over_y(
// LLVM-SAME: ptr addrspace(1) %0, ptr addrspace(1) noalias readonly %1, ptr addrspace(1) %2,
// PTX-LABEL: .visible .entry over_y(
// PTX: ld.global.v4.f32
// PTX: ld.global.nc.v4.f32
// PTX: st.global.v4.f32
func.func @over(%x: !rows, %gamma: !features) -> (!rows {norm.inplace = 0 : i64}) {
  %y = norm.rms_norm %x, %gamma over [1] {eps = 1.0e-5} : !rows, !features
  return %y : !rows
}
