#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the process leaves behind is for its own user alone.
package enum ProcessGuard {
  /// To be called before any file is made.
  package static func apply() {
    // The state, its write-ahead log and its lock hold names and addresses.
    umask(0o077)
    // A core dump would hold every secret.
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    #if canImport(Glibc)
      setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    #else
      setrlimit(RLIMIT_CORE, &none)
    #endif
  }
}
