#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How many files and sockets the process may have open.
enum DescriptorLimit {
  /// Asks for as many as the system lets it have.
  /// - Returns: What it has now.
  static func raise() -> Int {
    guard var limit = current else { return 1024 }
    // Some systems say "any number"; that many are never needed.
    var wanted = limit
    wanted.rlim_cur = min(limit.rlim_max, 65_536)
    if wanted.rlim_cur > limit.rlim_cur, setrlimit(resource, &wanted) == 0 { limit = wanted }
    return Int(clamping: limit.rlim_cur)
  }

  #if canImport(Glibc)
    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  #else
    private static let resource = RLIMIT_NOFILE
  #endif

  /// Nil when the system does not tell.
  static var current: rlimit? {
    var limit = rlimit()
    return getrlimit(resource, &limit) == 0 ? limit : nil
  }
}
