import HTTPTransport
import JSON
import ProvisioningModel

enum GraphBatch {
  /// Graph takes no more in one request (docs/reference/microsoft-graph.md, "Batches and bulk reads").
  static let maxItems = 20
  /// So many such requests at a time for one purpose.
  static let maxUnderWay = 4
}

extension GraphClient {
  /// Reads several resources in one request.
  /// - Parameter paths: At most `GraphBatch.maxItems`, each under the root.
  /// - Returns: The answers in the same order, each with its own status; nil for one that did not come. All are nil when Graph finds fault
  ///   with the batch itself, so that one path that it refuses to look at does not fail the others.
  /// - Throws: When there is no answer to the batch.
  func batch(_ paths: [String]) async throws(Failure) -> [GraphAnswer?] {
    let requests = paths.enumerated().map { index, path -> JSONValue in
      ["id": .string("\(index)"), "method": "GET", "url": .string(path)]
    }
    let route = "/$batch"
    let answer = try await exchange(.post, route, route: route, body: ["requests": .array(requests)])
    if answer.status == 400 { return paths.map { _ in nil } }
    guard answer.isSuccess else { throw GraphFailure.refused(answer, .post, route) }
    var items: [String: GraphAnswer] = [:]
    for item in answer.json?["responses"].map({ Array($0.elements) }) ?? [] {
      guard let id = item["id"]?.string, let status = item["status"]?.integer else { continue }
      items[id] = GraphAnswer(
        status: Int(clamping: status), json: item["body"], retryAfter: retryAfter(Self.retryAfter(item)))
    }
    // Throttling is told per item, but meant for all: the gate is closed for the longest wait.
    if let wait = items.values.lazy.filter({ $0.status == 429 || $0.status == 503 }).compactMap(\.retryAfter).max() {
      closeGate(for: wait)
    }
    return paths.indices.map { items["\($0)"] }
  }

  private static func retryAfter(_ item: JSON) -> String? {
    for (name, value) in item["headers"].map({ Array($0.members) }) ?? [] where name.lowercased() == "retry-after" {
      return value.string ?? value.double.map { "\($0)" }
    }
    return nil
  }
}
