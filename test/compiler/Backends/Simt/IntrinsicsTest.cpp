//===- IntrinsicsTest.cpp - what the listed intrinsics become ------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Twins.h"
#include "test/runtime/Simt/Kernels.h"

using namespace normc;
using namespace normc::simt;
using namespace normc::runtime::simt;

namespace {
/// `lines` compute an i32 %r; each thread of the grid stores its own in y.
std::string storing(const std::string &lines, const std::string &before) {
  return R"(
target datalayout = "e-i64:64-i128:128-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
)" + before +
         R"(
define ptx_kernel void @k(ptr addrspace(1) %x, ptr addrspace(1) %y) {
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %ntid = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %ctaid = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %first = mul i32 %ctaid, %ntid
  %i = add i32 %first, %tid
)" + lines +
         R"(
  %p = getelementptr i32, ptr addrspace(1) %y, i32 %i
  store i32 %r, ptr addrspace(1) %p, align 4, !normc.operand !0
  ret void
}
!0 = !{!"y", i32 3}
!1 = !{!"x", i32 1}
)";
}

struct Shape {
  int64_t grid = 1;
  int32_t block = 32, cluster = 1, shared = 0;
  bool cooperative = false;
};

/// What the threads store, the same in every order; or the fault.
std::vector<uint32_t> run(const std::string &text, Shape shape, std::string *fault = nullptr) {
  Twins twins(text);
  const normc_simt_kernel *kernel = twins.find("k");
  if (!kernel)
    return {};
  std::vector<uint32_t> first;
  for (const Settings &settings : everyOrder()) {
    Machine machine(settings);
    const auto count = size_t(shape.grid * shape.block);
    DeviceArray<uint32_t> x(machine, std::vector<uint32_t>(count, 0)), y(machine, count);
    const void *parameters[] = {x.parameter(), y.parameter()};
    runtime::Status failed =
        machine.launch(*kernel, shape.grid, shape.block, shape.shared, shape.cluster, shape.cooperative, parameters);
    if (fault) {
      EXPECT_NE(failed.getMessage().find(*fault), std::string::npos) << failed.getMessage();
      continue;
    }
    EXPECT_EQ(failed.getMessage(), "");
    if (first.empty())
      first = y.get();
    EXPECT_EQ(y.get(), first);
  }
  return first;
}

template <typename F>
void expectEach(const std::vector<uint32_t> &values, F expected) {
  ASSERT_FALSE(values.empty());
  for (size_t i = 0; i < values.size(); ++i)
    EXPECT_EQ(values[i], uint32_t(expected(uint32_t(i)))) << "thread " << i;
}
} // namespace

TEST(HostTwinIntrinsics, Registers) {
  const char *names[] = {"nctaid.x", "laneid", "cluster.ctarank", "cluster.nctarank", "clusterid.x", "nclusterid.x",
                         "warpsize", "tid.y",  "ntid.z",          "ctaid.y",          "nctaid.z"};
  std::string before, lines = "%s0 = add i32 0, 0\n";
  int count = 0;
  for (const char *name : names) {
    before += "declare i32 @llvm.nvvm.read.ptx.sreg." + std::string(name) + "()\n";
    const std::string n = std::to_string(count), m = std::to_string(count + 1);
    lines += "%v" + n + " = call i32 @llvm.nvvm.read.ptx.sreg." + name + "()\n%t" + n + " = mul i32 %s" + n +
             ", 5\n%s" + m + " = add i32 %t" + n + ", %v" + n + "\n";
    ++count;
  }
  lines += "%r = add i32 0, %s" + std::to_string(count) + "\n";
  expectEach(run(storing(lines, before), {6, 40, 2}), [](uint32_t i) {
    const uint32_t block = i / 40;
    uint32_t sum = 0;
    for (uint32_t value : {6u, i % 40 % 32, block % 2, 2u, block / 2, 3u, 32u, 0u, 1u, 0u, 1u})
      sum = sum * 5 + value;
    return sum;
  });
}

TEST(HostTwinIntrinsics, Shuffles) {
  const std::string before = R"(
declare i32 @llvm.nvvm.shfl.sync.down.i32(i32, i32, i32, i32)
declare {i32, i1} @llvm.nvvm.shfl.sync.up.i32p(i32, i32, i32, i32)
declare float @llvm.nvvm.shfl.sync.idx.f32(i32, float, i32, i32)
declare {float, i1} @llvm.nvvm.shfl.sync.bfly.f32p(i32, float, i32, i32)
)";
  const std::string lines = R"(
  %a = call i32 @llvm.nvvm.shfl.sync.down.i32(i32 -1, i32 %tid, i32 1, i32 31)
  %b = call {i32, i1} @llvm.nvvm.shfl.sync.up.i32p(i32 -1, i32 %tid, i32 2, i32 0)
  %b0 = extractvalue {i32, i1} %b, 0
  %b1 = extractvalue {i32, i1} %b, 1
  %b2 = select i1 %b1, i32 1000, i32 0
  %f = uitofp i32 %tid to float
  %c = call float @llvm.nvvm.shfl.sync.idx.f32(i32 -1, float %f, i32 7, i32 31)
  %c0 = fptoui float %c to i32
  %d = call {float, i1} @llvm.nvvm.shfl.sync.bfly.f32p(i32 -1, float %f, i32 4, i32 31)
  %d0 = extractvalue {float, i1} %d, 0
  %d1 = fptoui float %d0 to i32
  %s0 = add i32 %a, %b0
  %s1 = add i32 %s0, %b2
  %s2 = add i32 %s1, %c0
  %d2 = mul i32 %d1, 10000
  %r = add i32 %s2, %d2
)";
  expectEach(run(storing(lines, before), {1, 32}),
             [](uint32_t i) { return (i < 31 ? i + 1 : i) + (i < 2 ? i : i - 2 + 1000) + 7 + (i ^ 4) * 10000; });
}

TEST(HostTwinIntrinsics, Votes) {
  const std::string before = R"(
declare i32 @llvm.nvvm.vote.ballot.sync(i32, i1)
declare i1 @llvm.nvvm.vote.all.sync(i32, i1)
declare i1 @llvm.nvvm.vote.any.sync(i32, i1)
)";
  const std::string lines = R"(
  %odd = trunc i32 %tid to i1
  %a = call i32 @llvm.nvvm.vote.ballot.sync(i32 -1, i1 %odd)
  %b = call i1 @llvm.nvvm.vote.all.sync(i32 -1, i1 %odd)
  %c = call i1 @llvm.nvvm.vote.any.sync(i32 -1, i1 %odd)
  %b0 = zext i1 %b to i32
  %c0 = zext i1 %c to i32
  %c1 = shl i32 %c0, 2
  %d = add i32 %a, %b0
  %r = add i32 %d, %c1
)";
  expectEach(run(storing(lines, before), {1, 32}), [](uint32_t) { return 0xaaaaaaaau + 4; });
}

// The bits of arithmetic: neither fused nor split, subnormals kept.
TEST(HostTwinIntrinsics, Arithmetic) {
  const std::string before = R"(
declare float @llvm.fma.f32(float, float, float)
declare float @llvm.nvvm.fma.rn.f(float, float, float)
declare float @llvm.sqrt.f32(float)
declare i32 @llvm.ctlz.i32(i32, i1)
)";
  const std::string lines = R"(
  %t = uitofp i32 %tid to float
  %a = fadd float %t, 0x3FF0000020000000
  %product = fmul float %a, %a
  %apart = fsub float %product, %product
  %minus = fneg float %product
  %rest = call float @llvm.fma.f32(float %a, float %a, float %minus)
  %same = call float @llvm.nvvm.fma.rn.f(float %a, float %a, float %minus)
  %both = fadd float %rest, %same
  %root = call float @llvm.sqrt.f32(float %a)
  %tiny = fmul float %root, 0x3800000000000000
  %sum0 = fadd float %both, %apart
  %bits = bitcast float %sum0 to i32
  %more = bitcast float %tiny to i32
  %zeros = call i32 @llvm.ctlz.i32(i32 %tid, i1 false)
  %s = add i32 %bits, %more
  %r = add i32 %s, %zeros
)";
  expectEach(run(storing(lines, before), {1, 32}), [](uint32_t i) {
    const float a = float(i) + 1.00000012f;
    volatile float product = a * a;
    const float sum = 2 * std::fma(a, a, -product), tiny = std::sqrt(a) * std::ldexp(1.0f, -127);
    uint32_t bits, more;
    std::memcpy(&bits, &sum, 4);
    std::memcpy(&more, &tiny, 4);
    return bits + more + (i ? uint32_t(__builtin_clz(i)) : 32);
  });
}

// Dynamic shared memory, reversed; its size is the launch's.
TEST(HostTwinIntrinsics, DynamicSharedMemory) {
  const std::string before = R"(
@fixed = internal addrspace(3) global [4 x i64] undef, align 8
@sized = external addrspace(3) global [0 x i8], align 16
declare void @llvm.nvvm.barrier0()
)";
  const std::string lines = R"(
  %slot = getelementptr i32, ptr addrspace(3) @sized, i32 %tid
  store i32 %i, ptr addrspace(3) %slot, align 4
  call void @llvm.nvvm.barrier0()
  %last = sub i32 %ntid, 1
  %j = sub i32 %last, %tid
  %other = getelementptr i32, ptr addrspace(3) @sized, i32 %j
  %r = load i32, ptr addrspace(3) %other, align 4
)";
  expectEach(run(storing(lines, before), {3, 64, 1, 256}), [](uint32_t i) { return i / 64 * 64 + 63 - i % 64; });
  std::string fault = "out of bounds: it writes 4 bytes at byte 252 of 'sized' in shared memory, which has 252";
  run(storing(lines, before), {3, 64, 1, 252}, &fault);
  Twins twins(storing(lines, before));
  EXPECT_EQ(twins.find("k")->shared_count, 1); // it does not use the other
  EXPECT_EQ(twins.find("k")->static_shared, 0);
}

// The first element of an array, whose address is the variable's own, by one thread for all.
TEST(HostTwinIntrinsics, AddressOfAVariable) {
  const std::string before = R"(
@one = internal addrspace(3) global [4 x i32] undef, align 4
@two = internal addrspace(3) global i32 undef, align 4
declare void @llvm.nvvm.barrier0()
)";
  const std::string lines = R"(
  %leader = icmp eq i32 %tid, 0
  br i1 %leader, label %leave, label %meet
leave:
  store i32 %ctaid, ptr addrspace(3) @one, align 4
  store i32 7, ptr addrspacecast (ptr addrspace(3) @two to ptr), align 4
  br label %meet
meet:
  call void @llvm.nvvm.barrier0()
  %a = load i32, ptr addrspacecast (ptr addrspace(3) @one to ptr), align 4
  %b = load i32, ptr addrspace(3) @two, align 4
  %r = add i32 %a, %b
)";
  expectEach(run(storing(lines, before), {3, 64}), [](uint32_t i) { return i / 64 + 7; });
}

// A barrier less than above.
TEST(HostTwinIntrinsics, DeletedBarrier) {
  const std::string before = "@s = internal addrspace(3) global [64 x i32] undef, align 4\n";
  const std::string lines = R"(
  %slot = getelementptr i32, ptr addrspace(3) @s, i32 %tid
  store i32 %i, ptr addrspace(3) %slot, align 4
  %j = sub i32 63, %tid
  %other = getelementptr i32, ptr addrspace(3) @s, i32 %j
  %r = load i32, ptr addrspace(3) %other, align 4
)";
  std::string fault; // unwritten in one order, a race in another
  run(storing(lines, before), {1, 64}, &(fault = "kernel 'k', block 0, thread "));
}

// Global memory, passed off as shared, and the reverse.
TEST(HostTwinIntrinsics, SwappedAddressSpaces) {
  const std::string asShared = R"(
  %g = ptrtoint ptr addrspace(1) %x to i64
  %s = inttoptr i64 %g to ptr addrspace(3)
  %r = load i32, ptr addrspace(3) %s, align 4
)";
  std::string fault = "wrong address space: it reads 4 bytes of global memory, as if it were shared";
  run(storing(asShared, ""), {1, 32}, &fault);
  const std::string asGlobal = R"(
  %g = ptrtoint ptr addrspace(3) @s to i64
  %a = inttoptr i64 %g to ptr addrspace(1)
  %r = load i32, ptr addrspace(1) %a, align 4, !normc.operand !1
)";
  fault = "wrong address space: it reads 4 bytes of 'x' in sweep 1 of shared memory, as if it were global";
  run(storing(asGlobal, "@s = internal addrspace(3) global [64 x i32] undef, align 4\n"), {1, 32}, &fault);
}

TEST(HostTwinIntrinsics, MisalignedVector) {
  const std::string lines = R"(
  %q = getelementptr i32, ptr addrspace(1) %x, i32 1
  %v = load <4 x i32>, ptr addrspace(1) %q, align 16, !normc.operand !1
  %r = extractelement <4 x i32> %v, i32 0
)";
  std::string fault = "misaligned access: it reads 16 bytes of 'x' in sweep 1 at byte 4, which is no multiple of 16";
  run(storing(lines, ""), {1, 32}, &fault);
}

// A barrier of the grid, as code for a GPU has it: the blocks count themselves.
TEST(HostTwinIntrinsics, GridBarrier) {
  const std::string before = R"(
declare void @llvm.nvvm.barrier0()
declare void @llvm.nvvm.membar.gl()
declare i32 @llvm.nvvm.read.ptx.sreg.nctaid.x()
)";
  // y[first + tid] of the block; all meet; then each adds the element of the next block, and stores after a second
  // meeting.
  const std::string lines = R"(
  %blocks = call i32 @llvm.nvvm.read.ptx.sreg.nctaid.x()
  %mine = getelementptr i32, ptr addrspace(1) %y, i32 %i
  store i32 %i, ptr addrspace(1) %mine, align 4, !normc.operand !0
  call void @meet(ptr addrspace(1) %x, i32 %blocks)
  %b = add i32 %ctaid, 1
  %c = urem i32 %b, %blocks
  %d = mul i32 %c, %ntid
  %e = add i32 %d, %tid
  %next = getelementptr i32, ptr addrspace(1) %y, i32 %e
  %v = load i32, ptr addrspace(1) %next, align 4, !normc.operand !0
  %r = add i32 %v, %i
  %goal = shl i32 %blocks, 1
  call void @meet(ptr addrspace(1) %x, i32 %goal)
)";
  const std::string meet = R"(
define internal void @meet(ptr addrspace(1) %counter, i32 %goal) {
  call void @llvm.nvvm.barrier0()
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %first = icmp eq i32 %tid, 0
  br i1 %first, label %arrive, label %done
arrive:
  call void @llvm.nvvm.membar.gl()
  %before = atomicrmw add ptr addrspace(1) %counter, i32 1 monotonic, !normc.operand !1
  br label %poll
poll:
  %count = load volatile i32, ptr addrspace(1) %counter, align 4, !normc.operand !1
  %less = icmp ult i32 %count, %goal
  br i1 %less, label %poll, label %go
go:
  call void @llvm.nvvm.membar.gl()
  br label %done
done:
  call void @llvm.nvvm.barrier0()
  ret void
}
)";
  const Shape shape = {5, 64, 1, 0, true};
  expectEach(run(storing(lines, before + meet), shape), [](uint32_t i) { return i + (i / 64 + 1) % 5 * 64 + i % 64; });
  // Without the fences the neighbours' elements are not there yet, for all that the memory model promises.
  std::string unfenced = meet;
  for (size_t at; (at = unfenced.find("  call void @llvm.nvvm.membar.gl()\n")) != std::string::npos;)
    unfenced.erase(at, std::strlen("  call void @llvm.nvvm.membar.gl()\n"));
  std::string fault = "data race";
  run(storing(lines, before + unfenced), shape, &fault);
}

// Distributed shared memory: the blocks of a cluster read each other's.
TEST(HostTwinIntrinsics, Cluster) {
  const std::string before = R"(
@s = internal addrspace(3) global [32 x i32] undef, align 4
declare void @llvm.nvvm.barrier.cluster.arrive()
declare void @llvm.nvvm.barrier.cluster.wait()
declare i32 @llvm.nvvm.read.ptx.sreg.cluster.ctarank()
declare ptr addrspace(3) @llvm.nvvm.mapa.shared.cluster(ptr addrspace(3), i32)
declare ptr @llvm.nvvm.mapa(ptr, i32)
)";
  const std::string lines = R"(
  %slot = getelementptr i32, ptr addrspace(3) @s, i32 %tid
  store i32 %i, ptr addrspace(3) %slot, align 4
  call void @llvm.nvvm.barrier.cluster.arrive()
  call void @llvm.nvvm.barrier.cluster.wait()
  %rank = call i32 @llvm.nvvm.read.ptx.sreg.cluster.ctarank()
  %peer = xor i32 %rank, 1
  %far = call ptr addrspace(3) @llvm.nvvm.mapa.shared.cluster(ptr addrspace(3) %slot, i32 %peer)
  %v = load i32, ptr addrspace(3) %far, align 4
  %any = addrspacecast ptr addrspace(3) %slot to ptr
  %same = call ptr @llvm.nvvm.mapa(ptr %any, i32 %peer)
  %w = load i32, ptr %same, align 4
  %r = add i32 %v, %w
  call void @llvm.nvvm.barrier.cluster.arrive()
  call void @llvm.nvvm.barrier.cluster.wait()
)";
  expectEach(run(storing(lines, before), {4, 32, 2}), [](uint32_t i) { return 2 * (i ^ 32); });
}

TEST(HostTwinIntrinsics, Updates) {
  const std::string lines = R"(
  %q = getelementptr i32, ptr addrspace(1) %x, i32 %i
  %a = atomicrmw add ptr addrspace(1) %q, i32 10 monotonic, !normc.operand !1
  %b = atomicrmw sub ptr addrspace(1) %q, i32 3 monotonic, !normc.operand !1
  %c = atomicrmw umax ptr addrspace(1) %q, i32 %i monotonic, !normc.operand !1
  %d = cmpxchg ptr addrspace(1) %q, i32 7, i32 100 monotonic monotonic, !normc.operand !1
  %d0 = extractvalue {i32, i1} %d, 1
  %e = atomicrmw min ptr addrspace(1) %q, i32 -5 monotonic, !normc.operand !1
  %f = atomicrmw xchg ptr addrspace(1) %q, i32 0 monotonic, !normc.operand !1
  %f0 = add i32 %f, 5
  %s = add i32 %a, %b
  %t = add i32 %s, %c
  %d1 = zext i1 %d0 to i32
  %u = add i32 %t, %d1
  %v = add i32 %u, %e
  %r = add i32 %v, %f0
)";
  expectEach(run(storing(lines, ""), {1, 32}),
             [](uint32_t i) { return 0 + 10 + 7 + (i <= 7) + (i <= 7 ? 100 : i) + 0; });
}

// Constants and a thread's own variables are nobody else's business.
TEST(HostTwinIntrinsics, OwnMemory) {
  const std::string before = "@table = internal addrspace(4) constant [4 x i32] [i32 3, i32 1, i32 4, i32 1]\n"
                             "@other = internal constant [2 x i32] [i32 5, i32 9]\n";
  const std::string lines = R"(
  %own = alloca [4 x i32]
  %k = and i32 %tid, 3
  %p1 = getelementptr i32, ptr addrspace(4) @table, i32 %k
  %v1 = load i32, ptr addrspace(4) %p1
  %k2 = and i32 %tid, 1
  %p2 = getelementptr i32, ptr @other, i32 %k2
  %v2 = load i32, ptr %p2
  %p3 = getelementptr i32, ptr %own, i32 %k
  store i32 %v1, ptr %p3
  %v3 = load i32, ptr %p3
  %r = add i32 %v2, %v3
)";
  expectEach(run(storing(lines, before), {1, 32}), [](uint32_t i) {
    const uint32_t table[] = {3, 1, 4, 1}, other[] = {5, 9};
    return table[i % 4] + other[i % 2];
  });
}

TEST(HostTwinIntrinsics, Trap) {
  const std::string lines = R"(
  %bad = icmp eq i32 %i, 7
  br i1 %bad, label %stop, label %go
stop:
  call void @llvm.trap()
  unreachable
go:
  %r = add i32 0, 0
)";
  std::string fault = "kernel 'k', block 0, thread 7: trap: it stopped at the trap";
  run(storing(lines, "declare void @llvm.trap()\n"), {1, 32}, &fault);
}
