// People whom a file has made and nobody has claimed, because the process or the cycle ended before.

extension Cycle {
  /// An import job of which nothing came for so long has been forgotten by xMatters, too.
  private static let memory = Duration.seconds(86_400)

  /// After the listing: links those who were made and have no link yet, whatever has become of their users meanwhile. Their runs follow
  /// in this cycle and claim them; those who have left leave like everybody else.
  func linkUploads(linked: Set<ObjectID>) async throws(Failure) -> [Link] {
    let now = clock.now
    var links: [Link] = []
    var settled: [ObjectID] = []
    for upload in try await state.uploads() where !linked.contains(upload.user) {
      let value = MatchingValue(attribute: .targetName, value: upload.targetName)
      if case .found(let person) = await snapshot.take(where: value) {
        if Owner(of: person, for: upload.user, policy: policy.mapping) == .nobody {
          links.append(Link(objectID: upload.user, personID: person.id, targetName: person.targetName))
        } else {
          settled.append(upload.user)
        }
      } else if now - upload.at >= Self.memory {
        settled.append(upload.user)
      }
    }
    if !links.isEmpty { try await state.adopt(links) }
    if !settled.isEmpty { try await state.forget(uploadsOf: settled) }
    return links
  }
}
