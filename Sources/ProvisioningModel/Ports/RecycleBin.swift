/// What a read of one object is about, for the port `Directory`.
package enum RecycleBin {
  /// Whether it matters that an object which is not there is in the recycle bin. False where there is nothing to be kept or taken: then one
  /// request tells enough.
  @TaskLocal package static var matters = true
}
