// What a sweep reads from memory is fetched a while before; what stays in a cache, or all groups share, is not.
//
// RUN: normc %s --emit=cpp | FileCheck %s

!image = tensor<64x56x56x256xf32>
!channel = tensor<1x1x1x256xf32>

// Rows of 256 channels: 1,024 points are four of them. Threads share the one tile that all channels are, by OpenMP's own loops.
// CHECK-LABEL: extern "C" int32_t normc_columns(
// CHECK:         NORMC_OMP("omp for schedule(static)")
// CHECK-NEXT:    for (int64_t at = 0; at < 6272; at += task)
// CHECK-NEXT:      merge_chunks(at, std::min<int64_t>(at + task, 6272), [[PARTS:[a-z_]+]][at / task], [&](int64_t c,
// CHECK-NOT:     prefetch
// CHECK:         for (int64_t i0 = first; i0 < first + 32; ++i0) {
// CHECK-NEXT:      for (int64_t k = 0; k < 256; k += 16)
// CHECK-NEXT:        __builtin_prefetch(x + (i0 + 4) * 256 + k);
// CHECK:         merge_chunks(0, (6272 + task - 1) / task, {{.*}}{ part = [[PARTS]][t]; });
// CHECK:         NORMC_OMP("omp for schedule(static) nowait")
// CHECK-NEXT:    for (int64_t i0 = 0; i0 < 200704; ++i0)
// CHECK-NEXT:      for (int64_t from = 0; from < 256; from += 128) {
// CHECK-NEXT:        for (int64_t k = 0; k < 128; k += 16)
// CHECK-NEXT:          __builtin_prefetch(x + (i0 + 4) * 256 + from + k);
// CHECK:             put(
func.func @columns(%x: !image, %gamma: !channel, %beta: !channel) -> !image {
  %y = norm.batch_norm %x, %gamma, %beta over [0, 1, 2] : !image, !channel, !channel
  return %y : !image
}

!long = tensor<512x65536xf32>
!short = tensor<65536x256xf32>
!one_long = tensor<1x65536xf32>
!one_short = tensor<1x256xf32>

// A long row is fetched ahead of itself, and so is what rows share, as no first-level cache holds it. It stays in the second level
// for the second sweep, which fetches the next row where there is room for that.
// CHECK-LABEL: extern "C" int32_t normc_long_rows(
// CHECK:           prefetch(x_run + 1024 + k, size);
// CHECK:         const double
// CHECK:           put(
// CHECK-NEXT:      if (ahead)
// CHECK-NEXT:        prefetch(x_run + 65536 + from, size);
func.func @long_rows(%x: !long, %gamma: !one_long) -> !long {
  %y = norm.rms_norm %x, %gamma over [1] : !long, !one_long
  return %y : !long
}

// CHECK-LABEL: extern "C" int32_t normc_short_rows(
// CHECK-NOT:       prefetch(gamma
// CHECK:           prefetch(x_run + 1024 + k, size);
// CHECK-NOT:       prefetch(gamma
// CHECK:           put(
// CHECK-NEXT:      if (ahead)
// CHECK-NEXT:        prefetch(x_run + 256 + from, size);
// CHECK:       }
func.func @short_rows(%x: !short, %gamma: !one_short) -> !short {
  %y = norm.rms_norm %x, %gamma over [1] : !short, !one_short
  return %y : !short
}

!planes = tensor<256x256x14x14xf32>
!plane_channel = tensor<1x256x1x1xf32>

// Short planes: those of the next sample, part by part.
// CHECK-LABEL: extern "C" int32_t normc_planes(
// CHECK:         each(0, [[WIDTH:[0-9]+]], [&](int64_t w, int64_t) {
// CHECK:         }, [&](int64_t k, int64_t size) {
// CHECK-NEXT:      prefetch(x + (i0 + 1) * 256 * 196 + first_i1 * 196 + k, size);
func.func @planes(%x: !planes, %gamma: !plane_channel, %beta: !plane_channel) -> !planes {
  %y = norm.batch_norm %x, %gamma, %beta over [0, 2, 3] : !planes, !plane_channel, !plane_channel
  return %y : !planes
}

// What one thread does alone lies in its caches.
// CHECK-LABEL: extern "C" int32_t normc_small(
// CHECK-NOT:     prefetch(
// CHECK:       {{^}$}}
func.func @small(%x: tensor<32x64xf32>, %gamma: tensor<1x64xf32>, %beta: tensor<1x64xf32>) -> tensor<32x64xf32> {
  %y = norm.batch_norm %x, %gamma, %beta over [0] : tensor<32x64xf32>, tensor<1x64xf32>, tensor<1x64xf32>
  return %y : tensor<32x64xf32>
}
