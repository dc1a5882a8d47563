import HTTPTransport
import JSON
import Provisioning

/// Reads users one by one for callers, in shared `$batch` requests for Graph: who asks while requests are under way is gathered into
/// the next one (design, decision 4).
actor UserReader<C: Clock> where C.Duration == Duration {
  /// Graph takes no more in one batch (Graph reference, section 9).
  private static var batchSize: Int { 20 }
  private static var maxBatchesUnderWay: Int { 4 }
  private static var maxWaiting: Int { 10_000 }

  private typealias Waiter = CheckedContinuation<Result<UserObservation, Failure>, Never>

  private let client: GraphClient<C>
  private let attributes: UserAttributes
  private var waiting: [(id: ObjectID, waiters: [Waiter])] = []
  private var underWay = 0

  init(_ client: GraphClient<C>, _ attributes: UserAttributes) {
    self.client = client
    self.attributes = attributes
  }

  func user(_ id: ObjectID) async throws(Failure) -> UserObservation {
    guard waiting.count < Self.maxWaiting else {
      throw Failure(
        .retry(after: nil), .internalError, "Too many reads of users wait for Graph.",
        advice: "Nothing to do: it is tried again.")
    }
    let result = await withCheckedContinuation { continuation in
      if let index = waiting.firstIndex(where: { $0.id == id }) {
        waiting[index].waiters.append(continuation)
      } else {
        waiting.append((id, [continuation]))
      }
      dispatch()
    }
    return try result.get()
  }

  private func dispatch() {
    while !waiting.isEmpty, underWay < Self.maxBatchesUnderWay {
      let batch = Array(waiting.prefix(Self.batchSize))
      waiting.removeFirst(batch.count)
      underWay += 1
      Task { await self.read(batch) }
    }
  }

  private func read(_ batch: [(id: ObjectID, waiters: [Waiter])]) async {
    let results = batch.count == 1 ? [await single(batch[0].id)] : await several(batch.map(\.id))
    underWay -= 1
    for (entry, result) in zip(batch, results) {
      for waiter in entry.waiters { waiter.resume(returning: result) }
    }
    dispatch()
  }

  private func single(_ id: ObjectID) async -> Result<UserObservation, Failure> {
    do throws(Failure) {
      let answer = try await client.exchange(
        .get, "/users/\(URLEncoding.pathSegment(id.rawValue))?\(attributes.query)", route: "/users/{id}")
      return await observation(id, status: answer.status, headers: answer.headers, answer.json)
    } catch {
      return .failure(error)
    }
  }

  private func several(_ ids: [ObjectID]) async -> [Result<UserObservation, Failure>] {
    let requests = ids.enumerated().map { index, id -> JSONValue in
      ["id": .string("\(index)"), "method": "GET", "url": .string("/users/\(id.rawValue)?\(attributes.query)")]
    }
    let answers: JSON
    do throws(Failure) {
      answers = try await client.json(.post, "/$batch", route: "/$batch", body: ["requests": .array(requests)])
    } catch {
      return ids.map { _ in .failure(error) }
    }
    var byID: [String: JSON] = [:]
    for answer in answers["responses"].map({ Array($0.elements) }) ?? [] {
      if let id = answer["id"]?.string { byID[id] = answer }
    }
    var results: [Result<UserObservation, Failure>] = []
    for (index, id) in ids.enumerated() {
      guard let answer = byID["\(index)"], let status = answer["status"]?.integer else {
        results.append(.failure(GraphFailure.unreadable("graph", .post, "/$batch", "an answer is missing")))
        continue
      }
      // An item that was throttled or broke is read again by itself: the upstream's retries and gate then hold for it.
      if status == 429 || status >= 500 || status == 424 || status == 401 {
        if let wait = Self.retryAfter(answer) { client.closeGate(for: wait) }
        results.append(await single(id))
      } else {
        results.append(await observation(id, status: Int(status), headers: [:], answer["body"]))
      }
    }
    return results
  }

  private static func retryAfter(_ answer: JSON) -> Duration? {
    guard let headers = answer["headers"] else { return nil }
    for (name, value) in headers.members where name.lowercased() == "retry-after" {
      let text = value.string ?? value.integer.map { "\($0)" }
      return text.flatMap { RetryAfter.parse($0, now: 0) }
    }
    return nil
  }

  private func observation(
    _ id: ObjectID, status: Int, headers: HTTPHeaders, _ json: JSON?
  ) async -> Result<UserObservation, Failure> {
    do throws(Failure) {
      if status == 404 { return .success(try await deletedState(of: id)) }
      guard status == 200 else {
        throw GraphFailure.refused(status: status, headers: headers, json, .get, "/users/{id}")
      }
      guard let json else { throw GraphFailure.unreadable("graph", .get, "/users/{id}", "it is not JSON") }
      return .success(.present(try attributes.user(json)))
    } catch {
      return .failure(error)
    }
  }

  /// Whether somebody who is not among the users is in the recycle bin.
  private func deletedState(of id: ObjectID) async throws(Failure) -> UserObservation {
    let route = "/directory/deletedItems/{id}"
    let answer = try await client.exchange(
      .get, "/directory/deletedItems/\(URLEncoding.pathSegment(id.rawValue))?$select=id", route: route)
    switch answer.status {
    case 200: return .softDeleted
    case 404: return .absent
    default: throw GraphFailure.refused(status: answer.status, headers: answer.headers, answer.json, .get, route)
    }
  }
}
