#if canImport(Glibc)
  internal import CJansson
#endif

/// Keeps what the process takes close to what it uses. A page of a thousand people becomes a tree of some megabytes that lives for a
/// moment; with an arena of the allocator for every thread, each of them would keep room for such a tree.
package enum JSONMemory {
  #if canImport(Glibc)
    private static let arenas: Int32 = 2
    /// Blocks of this size and more are mapped one by one, so that each goes back to the system as soon as it is freed. Left to itself, the
    /// allocator would raise this to the size of the largest body it has seen, and keep the room for such.
    private static let mappedBytes: Int32 = 256 << 10

    /// To be called before there are many threads.
    package static func limit() {
      _ = mallopt(M_ARENA_MAX, arenas)
      _ = mallopt(M_MMAP_THRESHOLD, mappedBytes)
    }

    /// Gives back what is free. Takes some milliseconds, in which others wait to allocate: after large work, and not on the
    /// cooperative pool.
    package static func giveBack() {
      _ = malloc_trim(0)
    }
  #else
    package static func limit() {}
    package static func giveBack() {}
  #endif
}
