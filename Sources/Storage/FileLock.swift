import ProvisioningModel
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An exclusive lock on a file beside the database, gone with the process however it ends.
final class FileLock: Sendable {
  /// Nil once released.
  private let descriptor: Mutex<Int32?>

  /// - Parameter database: The file beside which it lies.
  init(besides database: String) throws(Failure) {
    let descriptor = open(database + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw OpenError.unusable(String(cString: strerror(errno))).failure(path: database)
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw Failure(
        .retry(after: nil), .stateInUse, "Another process works on the state file '\(database)'.",
        advice: "Run one service per state file; stop the other one, or give this one a state.path of its own.")
    }
    self.descriptor = Mutex(descriptor)
  }

  deinit {
    release()
  }

  func release() {
    descriptor.withLock { descriptor in
      if let descriptor { close(descriptor) }
      descriptor = nil
    }
  }

  /// Whether a process has the lock. Makes no file.
  static func isHeld(besides database: String) -> Bool {
    let descriptor = open(database + ".lock", O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }

  static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  static func rename(_ path: String, to new: String) -> Bool {
    #if canImport(Glibc)
      Glibc.rename(path, new) == 0
    #else
      Darwin.rename(path, new) == 0
    #endif
  }
}
