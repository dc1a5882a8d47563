/// How pressing the work of the current task is. Set where work begins - a worker takes an object from the queue, a person asks for
/// something - and read by the ports, which let live work go first where requests wait in line.
package enum Urgency {
  /// A notification or a person waits for it. False for whatever catches up.
  @TaskLocal package static var isLive = false
}
