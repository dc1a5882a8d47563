import HTTPTransport
import JSON
import ProvisioningModel

/// Reads users one by one for callers, in shared `$batch` requests for Graph. What to send when is `ReadSchedule`'s to say.
actor UserReader<C: Clock> where C.Duration == Duration {
  typealias Read = ReadSchedule.Read
  typealias Verdict = ReadSchedule.Verdict

  let client: GraphClient<C>
  let attributes: UserAttributes
  private var schedule = ReadSchedule()
  private var answers: [Int: Promise<UserObservation>] = [:]
  private var isDispatchDue = false
  /// Graph refuses `getByIds`, or this sign-in may not call it.
  var isGetByIDsRefused = false

  init(_ client: GraphClient<C>, _ attributes: UserAttributes) {
    self.client = client
    self.attributes = attributes
  }

  func user(_ id: ObjectID) async throws(Failure) -> UserObservation {
    guard let ticket = schedule.add(id, isLive: Urgency.isLive, needsRecycleBin: RecycleBin.matters) else {
      throw Failure(
        .retry(after: nil), .internalError, "Too many reads of users wait for Graph.",
        advice: "Nothing to do: it is tried again.")
    }
    let answer = answers[ticket] ?? Promise()
    answers[ticket] = answer
    dispatchSoon()
    return try await answer.value()
  }

  /// Lets the calls of the same moment come in first.
  private func dispatchSoon() {
    guard !isDispatchDue else { return }
    isDispatchDue = true
    Task { self.dispatch() }
  }

  private func dispatch() {
    isDispatchDue = false
    while true {
      let batch = schedule.take()
      if batch.isEmpty { return }
      Task { await self.send(batch) }
    }
  }

  private func send(_ batch: [Read]) async {
    // The user that is read says how pressing it is, not the caller that happened to start this task.
    let verdicts = await Urgency.$isLive.withValue(batch.contains(where: \.isLive)) {
      batch.count == 1 ? [await single(batch[0])] : await several(batch)
    }
    for (ticket, result) in schedule.settle(batch, verdicts) {
      answers.removeValue(forKey: ticket)?.fulfil(result)
    }
    dispatch()
  }

  // MARK: Requests

  private func path(_ read: Read) -> String {
    let id = URLEncoding.pathSegment(read.id.rawValue)
    return read.place == .users ? "/users/\(id)?\(attributes.query)" : "/directory/deletedItems/\(id)?$select=id"
  }

  private static func route(_ read: Read) -> String {
    read.place == .users ? "/users/{id}" : "/directory/deletedItems/{id}"
  }

  private func single(_ read: Read) async -> Verdict {
    do throws(Failure) {
      return verdict(read, try await client.exchange(.get, path(read), route: Self.route(read)))
    } catch {
      return .finished(.failure(error))
    }
  }

  func several(_ batch: [Read]) async -> [Verdict] {
    do throws(Failure) {
      return zip(batch, try await client.batch(batch.map(path))).map { read, answer in
        guard let answer else { return .againAlone }
        switch answer.status {
        case 429, 503: return answer.retryAfter == nil ? .againAlone : .again
        case 401, 408, 424, 500...599: return .againAlone
        default: return verdict(read, answer)
        }
      }
    } catch {
      return batch.map { _ in .finished(.failure(error)) }
    }
  }

  // MARK: Answers

  private func verdict(_ read: Read, _ answer: GraphAnswer) -> Verdict {
    do throws(Failure) {
      switch read.place {
      case .users:
        if answer.saysNotFound { return .lookInRecycleBin }
        return .finished(.success(.present(try user(read, answer))))
      case .recycleBin:
        if answer.saysNotFound { return .finished(.success(.absent)) }
        guard answer.isSuccess else { throw GraphFailure.refused(answer, .get, Self.route(read)) }
        guard answer.json?["id"]?.string.map({ ObjectID($0) }) == read.id else {
          throw GraphFailure.unreadable("graph", .get, Self.route(read), "it is not about the object asked for")
        }
        return .finished(.success(.softDeleted))
      }
    } catch {
      return .finished(.failure(error))
    }
  }

  private func user(_ read: Read, _ answer: GraphAnswer) throws(Failure) -> DirectoryUser {
    guard answer.isSuccess else { throw GraphFailure.refused(answer, .get, Self.route(read)) }
    guard let json = answer.json else {
      throw GraphFailure.unreadable("graph", .get, Self.route(read), "it is not JSON")
    }
    let user = try attributes.user(json)
    guard user.id == read.id else {
      throw GraphFailure.unreadable("graph", .get, Self.route(read), "it is about another user")
    }
    return user
  }
}
