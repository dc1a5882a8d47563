import GRDB
import ProvisioningModel

/// Why the state file could not be opened.
enum OpenError: Error {
  /// Not a database, or one that is broken inside.
  case damaged
  case unusable(String)

  init(_ error: DatabaseError) {
    switch error.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged
    // A migration that this file cannot take is a file of something else.
    case .SQLITE_ERROR, .SQLITE_CONSTRAINT: self = .damaged
    default: self = .unusable(error.message ?? "\(error.resultCode)")
    }
  }

  func failure(path: String) -> Failure {
    let reason =
      switch self {
      case .damaged: "it is damaged"
      case .unusable(let text): text
      }
    return Failure(
      .retry(after: nil), .stateUnavailable, "The state file '\(path)' cannot be opened: \(reason).",
      advice:
        "Check that its folder exists, is writable and has room. The file may be deleted: the next cycle rebuilds it.")
  }
}
