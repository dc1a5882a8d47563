import Console
import HTTPTypes
import Hummingbird
import JSON

/// `/console/`: the operator's page. It holds no data, so that it needs no session.
struct ConsolePage: Sendable {
  /// Whether accounts of the directory may sign in.
  let offersAccounts: Bool

  /// Relative, so that it holds behind a path prefix.
  static let redirection: Answer = {
    var answer = Answer(.permanentRedirect, headers: safe)
    answer.headers[.location] = "console/"
    return answer
  }()

  /// What the page has to know before anybody is signed in.
  func options(isSignedIn: Bool) -> Answer {
    .json(["entra": .boolean(offersAccounts), "signedIn": .boolean(isSignedIn)])
  }

  func file(_ name: String, _ request: Request) -> Answer {
    guard let file = ConsoleFile.all[name] else { return .nothing(at: request.uri.path) }
    var answer = Answer(.ok, headers: Self.safe, body: file.bytes)
    answer.headers[.contentType] = file.contentType
    answer.headers[.eTag] = file.entityTag
    // Asked for each time, and mostly not sent.
    answer.headers[.cacheControl] = "no-cache"
    if let tags = request.headers[.ifNoneMatch], tags.contains(file.entityTag) {
      answer.status = .notModified
      answer.body = []
    }
    return answer
  }

  static let safe: HTTPFields = {
    var fields = HTTPFields.safe
    fields[named: "Content-Security-Policy"] = ConsoleFile.contentSecurityPolicy
    fields[named: "Cross-Origin-Opener-Policy"] = "same-origin"
    fields[named: "Cross-Origin-Resource-Policy"] = "same-origin"
    return fields
  }()
}
