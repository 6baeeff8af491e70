def make(right, released):
    return b"<!DOCTYPE html>\n<html><body><h1>Homework 1</h1></body></html>\n"
