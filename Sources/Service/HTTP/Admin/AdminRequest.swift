import HTTPTypes
import JSON
import ProvisioningModel

/// A request to the admin API as its resources see it: authorized, its body read.
struct AdminRequest: Sendable {
  var path: String
  /// The values of the path's parameters.
  var parameters: [String] = []
  var query = QueryItems()
  var caller = Caller(role: .reader, name: "")
  var accept: String?
  var contentType: String?
  var body: [UInt8] = []

  /// The body as a JSON object; nil when there is none.
  func object() throws(Refusal) -> JSON? {
    guard !body.isEmpty else { return nil }
    guard contentType.map(isJSON) ?? false else {
      throw Refusal(.unsupportedMediaType, "UnsupportedMediaType", "The body must be application/json.")
    }
    let json: JSON
    do throws(JSONError) {
      json = try JSON(parsingAnyNumbers: try JSONText(body, limits: AdminAPI.limits))
    } catch {
      if error.kind == .tooManyValues {
        throw .tooLarge("The body holds over \(AdminAPI.limits.maxValues) JSON values.")
      }
      throw .badRequest("The body must be a JSON object: \(error).")
    }
    guard json.kind == .object else { throw .badRequest("The body must be a JSON object.") }
    return json
  }

  /// Whether CSV is what the caller likes best.
  var prefersCSV: Bool {
    guard let accept else { return false }
    let csv = quality(of: "text/csv", in: accept)
    return csv > 0 && csv >= quality(of: "application/json", in: accept)
  }

  /// The weight of a media type that is named, from 0 to 1 (RFC 9110, section 12.5.1). Wildcards are left to the default, JSON.
  private func quality(of type: String, in accept: String) -> Double {
    for range in accept.lowercased().split(separator: ",") {
      let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
      guard parts.first == type else { continue }
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
      return weight ?? 1
    }
    return 0
  }
}

/// Why a request is not carried out.
struct Refusal: Error, Hashable {
  var status: HTTPResponse.Status
  var code: String
  var message: String

  init(_ status: HTTPResponse.Status, _ code: String, _ message: String) {
    self.status = status
    self.code = code
    self.message = message
  }

  /// For what the service cannot do: mostly just now, otherwise as it was asked.
  init(_ failure: Failure) {
    let status: HTTPResponse.Status =
      switch failure.code {
      case .jobPaused: .conflict
      case .unprocessableEntity: .badRequest
      default: .serviceUnavailable
      }
    self.init(status, failure.code.rawValue, "\(failure.reason) \(failure.advice)")
  }

  static let reader = Refusal(
    .forbidden, "Forbidden", "This token or account may read and order nothing. Orders take the admin token or role.")

  static func badRequest(_ message: String) -> Refusal {
    Refusal(.badRequest, "BadRequest", message)
  }

  static func tooLarge(_ message: String) -> Refusal {
    Refusal(.contentTooLarge, "ContentTooLarge", message)
  }

  var answer: Answer { .error(status, code, message) }
}
