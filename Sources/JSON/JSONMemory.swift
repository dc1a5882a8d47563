#if canImport(Glibc)
  internal import CJansson
#endif

/// Keeps what the process takes close to what it uses. A page of a thousand people becomes a tree of some megabytes that lives for a
/// moment; with an arena of the allocator for every thread, each of them would keep room for such a tree.
package enum JSONMemory {
  #if canImport(Glibc)
    private static let arenas: Int32 = 2

    /// To be called before there are many threads.
    package static func limitArenas() {
      _ = mallopt(M_ARENA_MAX, arenas)
    }

    /// Gives back what nobody uses any more. Takes some milliseconds, in which others wait to allocate: after large work, and not on the
    /// cooperative pool.
    package static func giveBack() {
      _ = malloc_trim(0)
    }
  #else
    package static func limitArenas() {}
    package static func giveBack() {}
  #endif
}
