import ProvisioningModel

/// Carries out `body` for every item, some at a time; how many requests go out at once is up to the target's own limit.
/// One that is refused does not keep the others from being tried; anything else ends it, as the next one would hardly fare better.
/// - Throws: The first failure.
func concurrently<Item: Sendable>(
  _ items: [Item], atOnce width: Int = 8, _ body: @escaping @Sendable (Item) async throws(Failure) -> Void
) async throws(Failure) {
  let failure = await withTaskGroup(of: Failure?.self) { group -> Failure? in
    var first: Failure?
    var isOver = false
    var waiting = items[...]
    func start(_ group: inout TaskGroup<Failure?>) {
      guard !isOver, let item = waiting.popFirst() else { return }
      group.addTask {
        do throws(Failure) {
          try await body(item)
          return nil
        } catch {
          return error
        }
      }
    }
    for _ in 0..<width { start(&group) }
    while let failure = await group.next() {
      if let failure {
        first = first ?? failure
        isOver = isOver || ![.escrow, .reread].contains(failure.remedy)
      }
      start(&group)
    }
    return first
  }
  if let failure { throw failure }
}
