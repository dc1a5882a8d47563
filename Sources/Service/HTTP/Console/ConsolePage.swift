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

  /// What the page has to know to begin.
  /// - Parameter caller: Who is signed in.
  func options(_ caller: Caller?) -> Answer {
    .json(["entra": .boolean(offersAccounts), "session": caller?.json ?? .null])
  }

  func file(_ name: String, _ request: Request) -> Answer {
    guard let file = ConsoleFile.all[name] else { return .nothing(at: request.uri.path) }
    let isCompressed = Self.takesGzip(request) && !file.compressed.isEmpty
    var answer = Answer(.ok, headers: Self.safe, body: isCompressed ? file.compressed : file.bytes)
    answer.headers[.contentType] = file.contentType
    answer.headers[.contentEncoding] = isCompressed ? "gzip" : nil
    answer.headers[.vary] = "Accept-Encoding"
    let tag = isCompressed ? file.compressedTag : file.entityTag
    answer.headers[.eTag] = tag
    // Asked for each time, and mostly not sent.
    answer.headers[.cacheControl] = "no-cache"
    if let tags = request.headers[.ifNoneMatch], tags.contains(tag) {
      answer.status = .notModified
      answer.body = []
    }
    return answer
  }

  /// Whether the request names gzip, and not as what it does not take.
  private static func takesGzip(_ request: Request) -> Bool {
    (request.headers[.acceptEncoding] ?? "").lowercased().split(separator: ",").contains { coding in
      let parts = coding.split(separator: ";").map { $0.filter { $0 != " " } }
      return parts.first == "gzip" && !parts.dropFirst().contains { Double($0.dropFirst(2)) == 0 }
    }
  }

  static let safe: HTTPFields = {
    var fields = HTTPFields.safe
    fields[named: "Content-Security-Policy"] = ConsoleFile.contentSecurityPolicy
    fields[named: "Cross-Origin-Opener-Policy"] = "same-origin"
    fields[named: "Cross-Origin-Resource-Policy"] = "same-origin"
    return fields
  }()
}
