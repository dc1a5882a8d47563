import GRDB
import ProvisioningModel

/// Why the state file could not be opened.
enum OpenError: Error {
  /// Not a database, or one that is broken inside.
  case damaged
  /// Of a version to come, which has changed what this one relies on.
  case newer
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
      case .newer: "a newer version of Rollcall has written it"
      case .unusable(let text): text
      }
    let advice =
      if case .newer = self {
        "Start that version again. Nothing is written meanwhile, and what was ordered, as a pause, stays in the file."
      } else {
        "Check that its folder exists, is writable and has room. The file may be deleted: the next cycle rebuilds it."
      }
    return Failure(
      .retry(after: nil), .stateUnavailable, "The state file '\(path)' cannot be opened: \(reason).", advice: advice)
  }
}
